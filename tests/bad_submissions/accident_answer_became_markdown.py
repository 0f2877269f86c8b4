# title: an answer's cell was turned into Markdown
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    for place, cell in enumerate(notebook.cells):
        if cell.id == "double":
            notebook.cells[place] = nbformat.v4.new_markdown_cell(cell.source, metadata=cell.metadata, id="double")
    return notebook
