# title: a symbolic link to the reference solution as notebook
# kind: attack
# status: tampered | unreadable | missing
# earns: 0
# base: stubs

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to(file.parents[3] / "solutions" / file.stem / file.name)
