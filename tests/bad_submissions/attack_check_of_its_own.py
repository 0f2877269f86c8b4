# title: a graded check of its own, worth fifty points
# kind: attack
# status: graded | repaired | tampered
# earns: 0
# base: stubs

# %% build
import nbformat


def build(notebook, file):
    marks = {"grade": True, "grade_id": "bonus", "locked": False, "points": 50, "schema_version": 3, "solution": False}
    notebook.cells.append(nbformat.v4.new_code_cell("pass", metadata={"nbgrader": marks}, id="bonus"))
    return notebook
