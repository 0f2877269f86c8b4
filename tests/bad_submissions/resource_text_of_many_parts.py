# title: a formatted text of a hundred thousand parts
# kind: resource
# status: graded | timed out | crashed
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    source = "part = 1\ntext = f'" + "{part}" * 100_000 + "'"
    notebook.cells.insert(3, nbformat.v4.new_code_cell(source, id="own-parts"))
    return notebook
