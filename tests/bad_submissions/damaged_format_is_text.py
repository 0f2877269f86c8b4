# title: text for a format
# kind: damaged
# status: unreadable
# earns: 0

# %% build
import json


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(json.dumps({**notebook, "nbformat": "four"}).encode())
