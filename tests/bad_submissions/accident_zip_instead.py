# title: an archive with another suffix instead of the notebook
# kind: accident
# status: missing
# earns: 0

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("homework.zip").write_bytes(b"PK")
