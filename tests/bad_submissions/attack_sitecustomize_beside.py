# title: a file sitecustomize.py beside the notebook
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% build
from tlcourse.notebooks import write_atomically

CODE = """
import tlcourse.checks
tlcourse.checks.returns = lambda function, arguments, expected, *others, **keywords: expected
"""


def build(notebook, file):
    write_atomically(file.parent / "sitecustomize.py", CODE)
    return notebook
