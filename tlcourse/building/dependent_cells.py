"""Find the cells of a unit that need an exercise, and store what the course's solution shows there.

A student who skips an exercise sees these outputs (`tlcourse.exercises.recorded_outputs`). The files hold printed text
and figures, and no code.
"""

import json
import re
import symtable

from tlcourse import exercises, notebooks
from tlcourse.exercises import recorded_outputs

HEADING = re.compile(r"^#{2,} +(.+)", re.MULTILINE)
NUMBER = re.compile(r"^Exercise ([\d.]*\d):")


def write(root, unit, notebook):
    """Store the outputs of the cells that need an exercise, if this is the folder that the helper package lies in.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder. A course with units of its own, and without the package, stores nothing.
    unit : str
    notebook : nbformat.NotebookNode
        Solved and executed.
    """
    if root.resolve() not in exercises.folder().resolve().parents:
        return
    text = json.dumps(stored_cells(notebook), indent=1, ensure_ascii=False)
    notebooks.write_atomically(recorded_outputs.file(unit), text + "\n")


def stored_cells(notebook):
    """For each cell that needs an exercise and shows something: what it needs, where it is, and its outputs.

    A cell needs an exercise if it reads a name that the solution defines, or a name that another such cell defines.

    Returns
    -------
    list of dict
        ``needs``: numbers of exercises; ``heading``; ``code``: the first line; ``outputs``: a list of ``{"text": ...}``
        and ``{"png": ...}``, the figure in base 64.
    """
    needed_for, heading, number, stored = {}, "", None, []
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":
            heading = [heading, *HEADING.findall(cell.source)][-1]
            number = match[1] if (match := NUMBER.match(heading)) else number
        elif nbgrader.get("solution"):
            needed_for |= {name: {number} for name in _written_and_read(cell.source)[0]}
        elif not nbgrader.get("grade") and cell.cell_type == "code":
            written, read = _written_and_read(cell.source)
            needs = set().union(*(needed_for.get(name, ()) for name in read))
            needed_for |= {name: needs for name in written}
            if needs and (outputs := _shown(cell.outputs)):
                code = cell.source.splitlines()[0]
                stored.append({"needs": sorted(needs), "heading": heading, "code": code, "outputs": outputs})
    return stored


def _written_and_read(source):
    """The global names that a cell assigns, and those that it needs from earlier cells."""
    from IPython.core.inputtransformer2 import TransformerManager  # takes a third of a second to import

    table = symtable.symtable(TransformerManager().transform_cell(source), "<cell>", "exec")
    written = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    return written, _global_reads(table) - written


def _global_reads(table):
    own = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global())
    }
    return own.union(*map(_global_reads, table.get_children()))


def _shown(outputs):
    """The printed text and the figures of a cell, in their order."""
    shown = []
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data:
            shown.append({"png": data["image/png"].strip()})
        elif text := output.get("text") or data.get("text/plain"):
            shown.append({"text": text.rstrip()})
    return shown
