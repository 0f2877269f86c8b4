# title: a file warnings.py beside the notebook that changes the checks
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% build
from tlcourse.notebooks import write_atomically

CODE = """
import tlcourse.checks
tlcourse.checks.returns = lambda function, arguments, expected, *others, **keywords: expected
def catch_warnings(): return open("/dev/null")
def simplefilter(*arguments): pass
def warn(*arguments, **keywords): pass
"""


def build(notebook, file):
    write_atomically(file.parent / "warnings.py", CODE)
    return notebook
