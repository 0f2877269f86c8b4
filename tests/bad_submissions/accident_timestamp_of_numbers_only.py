# title: a timestamp.txt that is a number
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("timestamp.txt").write_bytes(b"1801440000")
    return notebook
