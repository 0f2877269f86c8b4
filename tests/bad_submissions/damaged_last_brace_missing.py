# title: the last character is missing
# kind: damaged
# status: unreadable
# earns: 0

# %% build
import nbformat


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(nbformat.writes(notebook).rstrip().encode()[:-1])
