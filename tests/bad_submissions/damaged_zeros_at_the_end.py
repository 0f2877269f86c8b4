# title: a whole notebook, and a disk's zeros behind it
# kind: damaged
# status: unreadable | repaired | graded
# earns: 0 | 4

# %% build
import nbformat


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(nbformat.writes(notebook).encode() + bytes(4096))
