# title: nothing but JupyterLab's checkpoint
# kind: accident
# status: missing | repaired
# earns: 0 | 4

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file.parent / ".ipynb_checkpoints" / f"{file.stem}-checkpoint.ipynb")
