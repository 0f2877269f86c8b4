# title: a number of six thousand digits, in a scratch cell and in an answer
# kind: accident
# status: graded
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    number = "0x" + "f3" * 2600
    cells = {cell.id: cell for cell in notebook.cells}
    cells["double"].source = (
        f"def double(number, modulus={number}):\n    return 2 * number % modulus if number > 0 else 2 * number"
    )
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"modulus = {number}", id="first"))
    return notebook
