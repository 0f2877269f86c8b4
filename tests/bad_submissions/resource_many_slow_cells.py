# title: twenty cells, each within its time
# kind: resource
# status: graded | timed out
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    for number in range(20):
        notebook.cells.append(nbformat.v4.new_code_cell("import time\n\ntime.sleep(1.5)", id=f"slow-{number}"))
    return notebook
