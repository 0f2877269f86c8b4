# title: a folder with the notebook's name, and other files in it
# kind: damaged
# status: missing | unreadable
# earns: 0

# %% build
def build(notebook, file):
    file.mkdir(parents=True)
    (file / "notes.txt").touch()
