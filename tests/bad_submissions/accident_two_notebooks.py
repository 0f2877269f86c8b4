# title: the right file, and an unsolved copy beside it
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import copy

from tlcourse.samples.accidents import submit


def build(notebook, file):
    other = copy.deepcopy(notebook)
    for cell in other.cells:
        if cell.id == "double":
            cell.source = "def double(number):\n    raise NotImplementedError"
    submit(other, file.with_name(f"{file.stem}-Copy1.ipynb"))
    return notebook
