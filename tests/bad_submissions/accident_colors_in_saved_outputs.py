# title: saved outputs with the colors of two hundred lines of tracebacks
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    lines = ["\x1b[0;31mNameError\x1b[0m: name \x1b[1;32m'x'\x1b[0m is not defined"] * 200
    output = nbformat.v4.new_output("error", ename="NameError", evalue="x", traceback=lines)
    notebook.cells[-1].outputs = [output]
    return notebook
