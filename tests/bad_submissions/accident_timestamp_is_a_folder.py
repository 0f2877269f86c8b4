# title: a folder called timestamp.txt
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    file.with_name("timestamp.txt").mkdir(parents=True)
    return notebook
