# title: an archive unpacked one folder too deep
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import hand_in


def build(notebook, file):
    hand_in(notebook, file.parent / file.stem / file.name)
