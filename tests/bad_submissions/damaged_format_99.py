# title: a notebook from the future
# kind: damaged
# status: unreadable | repaired | graded
# earns: 0 | 4

# %% build
import json


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(json.dumps({**notebook, "nbformat": 99}).encode())
