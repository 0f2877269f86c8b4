# title: a notebook whose name has control characters and a script
# kind: attack
# status: repaired
# earns: 4
# base: right

# %% build
def build(notebook, file):
    import nbformat

    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / "01_tiny \x1b[2J<img src=x onerror=alert(1)>.ipynb").write_text(nbformat.writes(notebook))
    return None
