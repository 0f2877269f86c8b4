# title: an exercise deleted with its checks
# kind: accident
# status: repaired
# earns: 1

# %% build
def build(notebook, file):
    gone = ("double", "test_double", "test_double_negative")
    notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]
    return notebook
