# title: no notebook, but data of forty megabytes of empty lists that begin like one
# kind: resource
# status: missing
# earns: 0

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("data.json").write_text('{"nbformat": [' + "[]," * 13_000_000 + "[]]}", encoding="utf-8")
