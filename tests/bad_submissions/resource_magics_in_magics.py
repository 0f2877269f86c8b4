# title: five hundred magics in one another
# kind: resource
# status: graded | timed out
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    notebook.cells.insert(3, nbformat.v4.new_code_cell("%time " * 500 + "1", id="own-magics"))
    return notebook
