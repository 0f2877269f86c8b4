# title: a file whose name is Latin-1, as old archives have it
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import os


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    name = os.fsencode(file.parent) + b"/gr\xf6\xdfe.csv"
    with open(name, "wb") as beside:
        beside.write(b"1")
    return notebook
