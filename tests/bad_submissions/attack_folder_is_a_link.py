# title: the folder of the unit is a symbolic link to another student's
# kind: attack
# status: tampered | unreadable | missing
# earns: 0
# base: stubs

# %% build
def build(notebook, file):
    file.parent.parent.mkdir(parents=True, exist_ok=True)
    file.parent.symlink_to(min(file.parents[2].iterdir()) / file.stem, target_is_directory=True)
