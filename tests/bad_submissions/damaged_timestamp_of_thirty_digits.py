# title: a timestamp.txt for which dateutil has an error of its own
# kind: damaged
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("timestamp.txt").write_bytes(b"9" * 30 + b"h")
    return notebook
