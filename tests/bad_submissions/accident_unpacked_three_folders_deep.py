# title: unpacked three folders too deep
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file.parent / "home" / "zoe" / "course" / file.name)
