"""Which of a notebook's cells grading has to run: not those of the release that only show something.

A cell is left out if it stands in the release as it is and makes or changes nothing that a cell which runs reads.
`tlcourse.grading.engine.grading_plan` tries on the unit's own solutions whether that holds, else every cell runs.
"""

import ast
import re
import symtable

from tlcourse.grading.model.assignment import is_setup
from tlcourse.grading.model.cell_code import LONGEST_CODE, cached_by_source, parsed


def skipped_cells(notebook, assignment):
    """The cells of a submission that the assignment's plan allows to leave out: a set of indices."""
    return unneeded_cells(notebook, assignment) if assignment.plan.get("*", {}).get("skip") else set()


def unneeded_cells(notebook, assignment):
    """The indices of the code cells that need not run.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Of `tlcourse.grading.submissions.normalize.normalize`.
    assignment : tlcourse.grading.model.assignment.Assignment
    """
    released = {
        cell["source"].strip()
        for cell in assignment.cells
        if cell["cell_type"] == "code" and not cell["nbgrader"] and not is_setup(cell)
    }
    modules = {name for cell in notebook.cells if cell.cell_type == "code" for name in imported_names(cell.source)}
    undecided, wanted = {}, set()
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        source = cell.source.strip()
        assigned, reads = assigned_and_read_names(source)
        assigned = assigned - modules | imported_names(source)
        if source in released and "nbgrader" not in cell.metadata and not _opaque(source):
            undecided[index] = assigned, reads
        else:
            wanted |= reads - (assigned if cell.metadata.get("nbgrader", {}).get("grade") else set())
    while needed := [index for index, (assigned, _) in undecided.items() if assigned & wanted]:
        for index in needed:
            wanted |= undecided.pop(index)[1]
    return set(undecided)


@cached_by_source
def imported_names(source):
    """The names that a cell imports: calling a module's function does not change the module."""
    nodes = [node for node in ast.walk(parsed(source)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return frozenset((alias.asname or alias.name).partition(".")[0] for node in nodes for alias in node.names)


@cached_by_source
def _opaque(source):
    """Whether a cell may do what its names do not show."""
    lines = source.splitlines()
    return any(line.lstrip().startswith(("%", "!")) for line in lines) or any(
        isinstance(node, ast.Name) and node.id in {"exec", "eval", "globals", "locals", "setattr", "vars"}
        for node in ast.walk(parsed(source))
    )


@cached_by_source
def assigned_and_read_names(source):
    """What a cell makes or changes among the notebook's names, and what it reads of others': two sets.

    A cell that is too long to be parsed counts as using every word in it both ways.
    """
    if len(source) > LONGEST_CODE:
        words = frozenset(re.findall(r"[^\W\d]\w*", source))
        return words, words
    tree = parsed(source)
    assigned, reads = _symbols(tree)
    first = {}  # line of the first place where a name is read (True) or assigned (False)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            key = node.id, isinstance(node.ctx, ast.Load)
            first[key] = min(node.lineno, first.get(key, node.lineno))
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            assigned |= _base(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            assigned |= _mutated_object(node.value)
    own = {name for name in reads if (name, False) in first and first[name, False] < first.get((name, True), 1 << 30)}
    return frozenset(assigned), frozenset(reads - own)


def _symbols(tree):
    """The names that a cell assigns or imports, and those that it refers to, by Python's symbol tables.

    A cell that Python does not compile, or that is nested too deeply, counts as using every name in it both ways.
    """
    assigned, reads = set(), set()
    try:
        tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        return set(names), set(names)
    top = tables[0]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                reads.add(symbol.get_name())
            if table is top and (symbol.is_assigned() or symbol.is_imported()):
                assigned.add(symbol.get_name())
    return assigned, reads


def _mutated_object(call):
    """The object whose method a statement calls, which may change it.

    A call may also change its arguments. `grading_plan` would see that: the solutions would fail without this cell.
    """
    return _base(call.func) if isinstance(call.func, ast.Attribute) else set()


def _base(node):
    """The name that an expression like a.b[c] begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()
