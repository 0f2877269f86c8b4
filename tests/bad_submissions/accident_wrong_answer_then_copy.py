# title: a copied answer cell: the first copy is wrong, the second right
# kind: accident
# status: repaired
# earns: 4

# %% build
import copy


def build(notebook, file):
    place, cell = next((place, cell) for place, cell in enumerate(notebook.cells) if cell.id == "double")
    first = copy.deepcopy(cell)
    first.id, first.source = "double-first", "def double(number):\n    return number"
    notebook.cells.insert(place, first)
    return notebook
