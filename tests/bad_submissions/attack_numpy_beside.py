# title: a file numpy.py beside the notebook
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% build
from tlcourse.notebooks import write_atomically

CODE = """
class Anything:
    def __getattr__(self, name): return lambda *arguments, **keywords: Anything()
    def __bool__(self): return True

def __getattr__(name): return Anything()
"""


def build(notebook, file):
    write_atomically(file.parent / "numpy.py", CODE)
    return notebook
