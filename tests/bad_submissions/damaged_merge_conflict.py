# title: git's conflict markers in the file
# kind: damaged
# status: unreadable
# earns: 0

# %% build
import nbformat


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"<<<<<<< HEAD\n" + nbformat.writes(notebook).encode() + b"=======\n>>>>>>> mine\n")
