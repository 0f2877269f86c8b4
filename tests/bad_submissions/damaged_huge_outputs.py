# title: 30 MB of stored outputs
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="x" * 30_000_000)]
    return notebook
