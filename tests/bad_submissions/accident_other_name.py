# title: a name of the student's own
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file.with_name("Homework Zoë final FINAL.ipynb"))
