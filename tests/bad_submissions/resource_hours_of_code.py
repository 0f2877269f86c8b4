# title: five hundred cells of ninety thousand characters, which would take an hour to be read
# kind: resource
# status: unreadable
# earns: 0

# %% build
import nbformat


def build(notebook, file):
    notebook.cells += [nbformat.v4.new_code_cell("x=1\n" * 22_500 + f"# {n}", id=f"own-{n}") for n in range(500)]
    return notebook
