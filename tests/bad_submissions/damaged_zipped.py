# title: the notebook, compressed
# kind: damaged
# status: unreadable
# earns: 0

# %% build
import gzip

import nbformat


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(nbformat.writes(notebook).encode()))
