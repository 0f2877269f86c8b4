# title: a symbolic link to another student's notebook
# kind: attack
# status: tampered | unreadable | missing
# earns: 0
# base: stubs

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(min(file.parents[2].iterdir()) / file.stem / file.name)
