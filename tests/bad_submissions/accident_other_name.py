# title: a name of the student's own
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import hand_in


def build(notebook, file):
    hand_in(notebook, file.with_name("Homework Zoë final FINAL.ipynb"))
