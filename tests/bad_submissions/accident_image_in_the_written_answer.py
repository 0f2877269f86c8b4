# title: a photo of a sketch pasted into the written answer
# kind: accident
# status: graded
# earns: 4

# %% build
def build(notebook, file):
    written = next(cell for cell in notebook.cells if cell.id == "why_double")
    written.source = "![sketch](attachment:sketch.png)"
    written["attachments"] = {"sketch.png": {"image/png": "iVBORw0KGgo" * 50_000}}
    return notebook
