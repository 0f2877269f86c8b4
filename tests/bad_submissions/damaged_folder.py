# title: a folder with the notebook's name
# kind: damaged
# status: unreadable | missing
# earns: 0

# %% build
def build(notebook, file):
    file.mkdir(parents=True)
