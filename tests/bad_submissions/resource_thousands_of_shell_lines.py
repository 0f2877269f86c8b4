# title: two thousand lines of the shell in a cell
# kind: resource
# status: graded | timed out
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    notebook.cells.insert(3, nbformat.v4.new_code_cell("\n".join(["!true"] * 2000), id="own-shell"))
    return notebook
