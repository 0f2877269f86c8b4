# title: a time of submission, and a folder of that name beside the deeper notebook
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file.parent / "unpacked" / file.name)
    (file.parent / "timestamp.txt").write_text("2027-01-31 23:59:00 UTC", encoding="utf-8")
    (file.parent / "unpacked" / "timestamp.txt").mkdir()
    (file.parent / "unpacked" / "timestamp.txt" / "inner").write_text("1", encoding="utf-8")
