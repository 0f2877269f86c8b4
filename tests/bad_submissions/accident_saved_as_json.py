# title: saved as .json
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file.with_name(f"{file.stem}.json"))
