# title: a timestamp.txt in a zone that is a region with several
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("timestamp.txt").write_bytes(b"2027-01-31 23:59:00 America/Indiana")
    return notebook
