# title: a file and a folder whose names differ in how their accents are stored
# kind: accident
# status: repaired
# earns: 4

# %% build
def build(notebook, file):
    folder = file.parent / "donne\u0301es"
    folder.mkdir(parents=True)
    (folder / "table.csv").write_text("1", encoding="utf-8")
    (file.parent / "donn\u00e9es").write_text("1", encoding="utf-8")
    return notebook
