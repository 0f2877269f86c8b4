# title: reads a file whose name an old archive wrote in Latin-1
# kind: accident
# status: graded | repaired
# earns: 4

# %% double
open("größe.csv").read()


def double(number):
    return 2 * number

# %% build
import os


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.fsencode(file.parent) + b"/gr\xf6\xdfe.csv", "wb") as beside:
        beside.write(b"1")
    return notebook
