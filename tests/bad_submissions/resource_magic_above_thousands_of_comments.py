# title: a magic above two hundred thousand lines of comments
# kind: resource
# status: graded | timed out
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    source = "!true\n" + "# nothing\n" * 200_000
    notebook.cells.insert(3, nbformat.v4.new_code_cell(source, id="own-comments"))
    return notebook
