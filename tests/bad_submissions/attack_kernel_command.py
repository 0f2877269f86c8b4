# title: the notebook's metadata name a kernel by a path, and a command
# kind: attack
# status: graded | repaired | tampered
# earns: 0
# base: stubs

# %% build
def build(notebook, file):
    notebook.metadata["kernelspec"] = {
        "name": "../../../../bin/sh", "display_name": "sh", "language": "python", "argv": ["sh", "-c", "touch left-behind"]
    }
    notebook.metadata["nbgrader"] = {"score": 100}
    return notebook
