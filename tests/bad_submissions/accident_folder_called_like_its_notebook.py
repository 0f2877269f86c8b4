# title: the notebook in a folder of the same name, as a learning platform packs it
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file / file.name)
