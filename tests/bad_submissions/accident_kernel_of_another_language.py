# title: the notebook says that it is Julia
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    notebook.metadata.kernelspec = {"display_name": "Julia 1.10", "language": "julia", "name": "julia-1.10"}
    notebook.metadata.language_info = {"name": "julia"}
    return notebook
