# title: a timestamp.txt in words
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("timestamp.txt").write_bytes(b"yesterday evening")
    return notebook
