# title: the checks' points are raised to a hundred
# kind: attack
# status: graded | repaired | tampered
# earns: 3
# base: right

# %% build
def build(notebook, file):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader["points"] = 100
        if cell.id == "triple":
            cell.source = "def triple(number):\n    return number"
    return notebook
