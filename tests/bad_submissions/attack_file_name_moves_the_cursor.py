# title: names of files with control characters, formulas and markup
# kind: attack
# status: graded | repaired | tampered
# earns: 4
# base: right

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    for name in ("\x1b[2J.txt", "=1+1.csv", "\u202egpj.exe", "[bold red]x.txt", "<script>alert(1)<!--.txt", "a\nb.txt"):
        (file.parent / name).write_text("x")
    return notebook
