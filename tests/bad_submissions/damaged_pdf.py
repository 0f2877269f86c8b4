# title: a printed page
# kind: damaged
# status: unreadable
# earns: 0

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"%PDF-1.7\n%a printed notebook\n")
