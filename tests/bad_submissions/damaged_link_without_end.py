# title: a symbolic link to a device that never ends
# kind: damaged
# status: unreadable | missing | tampered
# earns: 0

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.symlink_to("/dev/zero")
