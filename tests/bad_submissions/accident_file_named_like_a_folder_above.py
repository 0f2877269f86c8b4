# title: a file beside the deeper notebook has the name of a folder above it
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file.parent / "unpacked" / file.name)
    (file.parent / "unpacked" / "data").write_text("1", encoding="utf-8")
    (file.parent / "data").mkdir()
    (file.parent / "data" / "table.csv").write_text("1", encoding="utf-8")
