# title: attachments that are none
# kind: damaged
# status: graded | repaired
# earns: 4

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    wrong = [3, "x", {"a": 1}, {"a": {"image/png": 3}}, {"a": {"x": "<script>"}}, {"": {"image/png": []}}, None]
    for number, cell in enumerate(notebook.cells):
        cell["attachments"] = wrong[number % len(wrong)]
    write_atomically(file, json.dumps(notebook))
