# title: a hundred cells that each print as much as a cell may
# kind: resource
# status: timed out | graded
# earns: 0 | 4

# %% build
import nbformat


def build(notebook, file):
    for number in range(100):
        notebook.cells.insert(3, nbformat.v4.new_code_cell("print('x' * 1_000_000)", id=f"own-{number}"))
    return notebook
