# title: a check was turned into raw text
# kind: accident
# status: repaired | graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    for place, cell in enumerate(notebook.cells):
        if cell.id == "test_double":
            notebook.cells[place] = nbformat.v4.new_raw_cell(cell.source, metadata=cell.metadata, id=cell.id)
    return notebook
