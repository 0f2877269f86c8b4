# title: thousands of files before the one that the notebook reads
# kind: accident
# status: repaired
# earns: 4

# %% double
factor = int(open("zzz.txt").read())


def double(number):
    return factor * number

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    for number in range(2500):
        file.with_name(f"{number:04}.png").touch()
    file.with_name("zzz.txt").write_text("2")
    return notebook
