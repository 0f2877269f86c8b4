# title: three thousand empty cells
# kind: damaged
# status: graded | repaired | timed out
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    notebook.cells += [nbformat.v4.new_code_cell("", id=f"empty-{number}") for number in range(3_000)]
    return notebook
