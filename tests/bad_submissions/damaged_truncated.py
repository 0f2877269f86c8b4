# title: half a file
# kind: damaged
# status: unreadable
# earns: 0

# %% build
import nbformat


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(nbformat.writes(notebook).encode()[: len(nbformat.writes(notebook)) // 2])
