# title: cells that are no Python, with a line of ninety thousand spaces
# kind: resource
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    for _ in range(3):
        notebook.cells.insert(3, nbformat.v4.new_code_cell("x = (\n" + " " * 90_000 + "y"))
    return notebook
