# title: attachments that are none
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
def build(notebook, file):
    wrong = [3, "x", {"a": 1}, {"a": {"image/png": 3}}, {"a": {"x": "<script>"}}, {"": {"image/png": []}}, None]
    for number, cell in enumerate(notebook.cells):
        cell["attachments"] = wrong[number % len(wrong)]
    return notebook
