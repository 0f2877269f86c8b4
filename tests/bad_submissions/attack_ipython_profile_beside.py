# title: an IPython profile beside the notebook
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% build
from tlcourse.notebooks import write_atomically

CODE = """
from tlcourse import checks
checks.returns = lambda function, arguments, expected, *others, **keywords: expected
"""


def build(notebook, file):
    write_atomically(file.parent / ".ipython/profile_default/startup/00.py", CODE)
    return notebook
