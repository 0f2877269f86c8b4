# title: a timestamp.txt that is no text
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("timestamp.txt").write_bytes(b"\xff\xfe\x00\x01")
    return notebook
