# title: a scratch cell with a walrus where none may be
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    scratch = nbformat.v4.new_code_cell("[x := 1 for x in range(3)]", id="own-scratch")
    notebook.cells.insert(3, scratch)
    return notebook
