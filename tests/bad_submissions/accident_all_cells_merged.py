# title: all cells merged into one
# kind: accident
# status: repaired
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    code = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells = [nbformat.v4.new_code_cell(code, id="all")]
    return notebook
