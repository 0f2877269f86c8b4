# title: a module beside a notebook that lies one folder too deep
# kind: accident
# status: repaired
# earns: 4

# %% double
import helper


def double(number):
    return helper.twice(number)

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file.parent / "home" / file.name)
    (file.parent / "home" / "helper.py").write_text("def twice(number):\n    return 2 * number")
