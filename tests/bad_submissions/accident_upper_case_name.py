# title: a name in capitals
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import hand_in


def build(notebook, file):
    hand_in(notebook, file.with_name("01_TINY.IPYNB"))
