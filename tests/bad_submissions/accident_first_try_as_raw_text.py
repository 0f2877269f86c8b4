# title: a first try kept as a raw copy of the answer's cell, behind the answer
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import copy


def build(notebook, file):
    place = next(place for place, cell in enumerate(notebook.cells) if cell.id == "double")
    first_try = copy.deepcopy(notebook.cells[place])
    del first_try["outputs"], first_try["execution_count"]
    first_try.update(id="first-try", cell_type="raw", source="def double(number):\n    return 7")
    notebook.cells.insert(place + 1, first_try)
    return notebook
