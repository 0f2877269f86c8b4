# title: a check was turned into Markdown
# kind: accident
# status: repaired | graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    for place, cell in enumerate(notebook.cells):
        if cell.id == "test_double":
            changed = nbformat.v4.new_markdown_cell(cell.source, metadata=cell.metadata, id=cell.id)
            notebook.cells[place] = changed
    return notebook
