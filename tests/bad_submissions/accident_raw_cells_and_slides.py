# title: raw cells, and metadata of other programs
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    raw = nbformat.v4.new_raw_cell("<b>raw</b>", metadata={"format": "text/html"}, id="own-raw")
    notebook.cells.insert(3, raw)
    for cell in notebook.cells:
        cell.metadata |= {"slideshow": {"slide_type": "slide"}, "jupyter": {"source_hidden": True}, "ExecuteTime": {"a": 1}}
    return notebook
