# title: another module takes the checks' name and place
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import sys
import types

fake = types.ModuleType("tlcourse.checks")
fake.returns = lambda function, arguments, expected, *others, **keywords: expected
fake.grading_rng = checks.grading_rng
fake.Progress = checks.Progress
checks = sys.modules["tlcourse.checks"] = fake

# %% double
def double(number):
    return 0

# %% triple
def triple(number):
    return 0
