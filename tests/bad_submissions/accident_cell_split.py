# title: an answer's cell was split in two
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    place = next(place for place, cell in enumerate(notebook.cells) if cell.id == "double")
    notebook.cells[place].source = "def add(one, other):\n    return one + other"
    rest = nbformat.v4.new_code_cell("def double(number):\n    return add(number, number)", id="rest")
    notebook.cells.insert(place + 1, rest)
    return notebook
