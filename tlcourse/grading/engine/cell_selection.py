"""Which of a notebook's cells grading has to run: not those of the release that only show something.

A cell is left out if it stands in the release as it is and makes or changes nothing that a cell which runs reads.
`tlcourse.grading.engine.calibration` tries on the unit's own solutions whether that holds, else every cell runs.
"""

import ast
import symtable

from tlcourse.grading.model.release import parsed, remembered


def unneeded(notebook, release):
    """The indices of the code cells that need not run.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Of `tlcourse.grading.submissions.normalize.repair`.
    release : tlcourse.grading.model.release.Release
    """
    given = {
        cell["source"].strip()
        for cell in release.cells
        if cell["cell_type"] == "code" and not cell["nbgrader"] and "setup" not in cell["tags"]
    }
    modules = {name for cell in notebook.cells if cell.cell_type == "code" for name in _imported(cell.source)}
    open_, wanted = {}, set()
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        source = cell.source.strip()
        if source in given and "nbgrader" not in cell.metadata and not _opaque(source):
            makes, reads = names(source)
            open_[index] = makes - modules | _imported(source), reads
        else:
            makes, reads = names(source)
            wanted |= reads - (makes if cell.metadata.get("nbgrader", {}).get("grade") else set())
    while found := [index for index, (makes, _) in open_.items() if makes & wanted]:
        for index in found:
            wanted |= open_.pop(index)[1]
    return set(open_)


@remembered
def _imported(source):
    """The names that a cell imports: calling a module's function does not change the module."""
    found = [node for node in ast.walk(parsed(source)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return frozenset((alias.asname or alias.name).partition(".")[0] for node in found for alias in node.names)


@remembered
def _opaque(source):
    """Whether a cell may do what its names do not show."""
    lines = source.splitlines()
    return any(line.lstrip().startswith(("%", "!")) for line in lines) or any(
        isinstance(node, ast.Name) and node.id in {"exec", "eval", "globals", "locals", "setattr", "vars"}
        for node in ast.walk(parsed(source))
    )


@remembered
def names(source):
    """What a cell makes or changes among the notebook's names, and what it reads of others': two sets."""
    tree = parsed(source)
    makes, reads = set(), set()
    tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")]
    top = tables[0]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                reads.add(symbol.get_name())
            if table is top and (symbol.is_assigned() or symbol.is_imported()):
                makes.add(symbol.get_name())
    first = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            kind = isinstance(node.ctx, ast.Load)
            first[node.id, kind] = min(node.lineno, first.get((node.id, kind), node.lineno))
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            makes |= _base(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            makes |= _changed(node.value)
    own = {name for name in reads if (name, False) in first and first[name, False] < first.get((name, True), 1 << 30)}
    return frozenset(makes), frozenset(reads - own)


def _changed(call):
    """What a call as a statement of its own may change: its object. What it is given, the reference has to show."""
    return _base(call.func) - {"plt"} if isinstance(call.func, ast.Attribute) else set()


def _base(node):
    """The name that an expression like a.b[c] begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()
