# title: a symbolic link to nowhere
# kind: damaged
# status: unreadable | missing
# earns: 0

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to("/nowhere/notebook.ipynb")
