# title: an exercise skipped instead of solved, in its own cell and in a new one
# kind: accident
# status: graded
# earns: 1

# %% build
import nbformat


def build(notebook, file):
    place = next(place for place, cell in enumerate(notebook.cells) if cell.id == "double")
    notebook.cells[place].source = (
        'def double(number):\n    raise NotImplementedError("Exercise 1.1 is not solved yet")\n\n\n'
        "double = progress.skip('1.1') or double"
    )
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell("progress.skip('1.1')"))
    return notebook
