# title: 30 MB of data beside the notebook
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("photos.bin").write_bytes(b"x" * 30_000_000)
    return notebook
