# title: a path near the limit of the system
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    deep = file.parent.joinpath(*["d" * 200] * 16)
    deep.mkdir(parents=True, exist_ok=True)
    (deep / "x.txt").touch()
    return notebook
