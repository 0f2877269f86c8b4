# title: a named pipe that nobody writes to
# kind: damaged
# status: unreadable | missing
# earns: 0

# %% build
import os


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(file)
