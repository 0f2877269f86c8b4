# title: a notebook in Jupyter's format 3
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import nbformat

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    write_atomically(file, nbformat.writes(notebook, version=3))
