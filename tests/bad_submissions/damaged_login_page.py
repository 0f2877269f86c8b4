# title: the learning platform's login page
# kind: damaged
# status: unreadable
# earns: 0

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"<!DOCTYPE html><html><body>Please log in</body></html>")
