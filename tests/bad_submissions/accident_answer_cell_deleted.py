# title: the answer was written into a new cell, and the exercise's own cell deleted
# kind: accident
# status: repaired
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    place = next(place for place, cell in enumerate(notebook.cells) if cell.id == "double")
    notebook.cells[place] = nbformat.v4.new_code_cell(notebook.cells[place].source, id="mine")
    return notebook
