# title: JSON, but a list
# kind: damaged
# status: unreadable
# earns: 0

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"[1, 2, 3]")
