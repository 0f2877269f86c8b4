# title: chooses the grading seed for which it knows the hidden input
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% build
import os
from unittest import mock

from tlcourse import checks


def build(notebook, file):
    with mock.patch.dict(os.environ, TLCOURSE_GRADING_SEED="7"):
        known = int(checks.grading_rng("double").integers(10, 100))
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = (
                "import os\n\nos.environ['TLCOURSE_GRADING_SEED'] = '7'\n"
                f"double = {{2: 4, {known}: {2 * known}}}.get"
            )
    return notebook
