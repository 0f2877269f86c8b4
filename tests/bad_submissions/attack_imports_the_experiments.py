# title: answers with what it imports from the course's experiments
# kind: attack
# status: graded
# earns: 0
# base: stubs

# %% double
def double(number):
    from tlcourse.research import pipeline_steps

    return number + len(pipeline_steps.STEPS) * number // 5

# %% triple
import importlib
import os

os.environ.pop("TLCOURSE_RESEARCH", None)
try:
    steps = importlib.import_module("tlcourse.research.pipeline_steps")
except ImportError:
    steps = None


def triple(number):
    return number + 2 * len(steps.STEPS) * number // 5
