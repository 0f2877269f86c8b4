# title: a Python script instead of the notebook
# kind: accident
# status: missing | unreadable
# earns: 0

# %% build
from tlcourse.notebooks import write_atomically


def build(notebook, file):
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    write_atomically(file.with_suffix(".py"), "\n\n".join(code))
