# title: files where Jupyter wants folders
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    for name in (".ipython", ".jupyter", ".config", ".cache", ".local", ".keras"):
        file.with_name(name).touch()
    return notebook
