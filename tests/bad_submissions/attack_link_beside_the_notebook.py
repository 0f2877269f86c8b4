# title: a symbolic link to the solution beside the notebook, which the notebook reads
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("help.txt").symlink_to(file.parents[3] / "solutions" / file.stem / file.name)
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = "text = open('help.txt').read()\ndouble = lambda number: 2 * number"
    return notebook
