# title: UTF-16 instead of UTF-8
# kind: damaged
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(nbformat.writes(notebook).encode("utf-16"))
