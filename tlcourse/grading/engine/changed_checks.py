"""Which checks of a unit have changed since a submission was graded, so that only these run again."""

import ast
from dataclasses import asdict

from tlcourse.grading.engine.cell_selection import assigned_and_read_names, imported_names
from tlcourse.grading.engine.deciding_code import code_digests
from tlcourse.grading.model.assignment import digest
from tlcourse.grading.model.cell_code import cached_by_source, defined_functions, parsed

_digests = {}  # of the assignments of this process: all submissions of a class have the same
DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
BINDING = (ast.Assign, ast.With, *DEFINITIONS)  # statements that surely give their names a value


def submission_digests(assignment, notebook):
    """What decides on each check besides the submission, as a digest: by grade_id.

    That is what the unit says (`check_digests`), and the code of `tlcourse` that the check reaches in this submission.

    Parameters
    ----------
    assignment : tlcourse.grading.model.assignment.Assignment
    notebook : nbformat.NotebookNode
        Of `tlcourse.grading.submissions.normalize.normalize`.
    """
    code = code_digests(notebook, assignment)
    return {name: digest([sha256, code[name]], {}) for name, sha256 in check_digests(assignment).items()}


def check_digests(assignment):
    """What a unit says about each check, as a digest: by grade_id.

    That is the check itself, what it uses of other checks, and what all checks share: the set-up and the other released
    code, files, seed and limits. Texts and points decide on no check.

    Parameters
    ----------
    assignment : tlcourse.grading.model.assignment.Assignment
    """
    if assignment.sha256 not in _digests:
        shared = _shared_digest(assignment)
        _digests[assignment.sha256] = {
            cell["grade_id"]: digest([shared, cell["full"], sorted(_used_statements(cell, assignment))], {})
            for cell in assignment.autograded_cells()
        }
    return _digests[assignment.sha256]


def with_needed_checks(names, assignment):
    """Checks, and those whose values they use: these run, too. What others only define is always there.

    Parameters
    ----------
    names : collection of str
    assignment : tlcourse.grading.model.assignment.Assignment

    Returns
    -------
    set of str
    """
    cells, needed, waiting = {cell["grade_id"]: cell for cell in assignment.autograded_cells()}, set(), list(names)
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        reads = _reads(cells[name], assignment)
        waiting += [
            other for other, cell in cells.items() if other != name and _assigned_values(cell, assignment) & reads
        ]
    return needed


def _shared_digest(assignment):
    cells = []
    for cell in assignment.cells:
        if cell["cell_type"] != "code" or cell["nbgrader"].get("grade"):
            continue
        answer = cell["nbgrader"].get("solution")
        cells.append(defined_functions(cell["source"]) if answer else [cell["full"], cell["tags"]])
    parts = [cells, asdict(assignment.limits), assignment.seed]
    return digest(parts, assignment.files)


def _used_statements(cell, assignment):
    """The statements of other checks that make names which this one reads, and those that these need."""
    statements = [
        (ast.unparse(node), _assigned_names(node, assignment), assigned_and_read_names(ast.unparse(node))[1])
        for other in assignment.autograded_cells()
        if other is not cell
        for node in parsed(other["full"]).body
    ]
    used, wanted = set(), set(_reads(cell, assignment))
    while new := [entry for entry in statements if entry[0] not in used and entry[1] & wanted]:
        for text, _, reads in new:
            used.add(text)
            wanted |= reads - _modules(assignment)
    return used


def _reads(cell, assignment):
    """The names that a check reads. Modules do not count: calling their functions looks like changing them."""
    return (assigned_and_read_names(cell["full"])[1] & _names_from_elsewhere(cell["full"])) - _modules(assignment)


@cached_by_source
def _names_from_elsewhere(source):
    """The names that a cell reads before one of its own statements has given them a value."""
    reads, own = set(), set()
    for node in parsed(source).body:
        assigned, names = assigned_and_read_names(ast.unparse(node))
        reads |= names - own
        own |= assigned if isinstance(node, BINDING) else set()
    return frozenset(reads)


def _assigned_names(node, assignment):
    """The names that a statement of a check gives values or changes; a call does not change a module."""
    assigned = assigned_and_read_names(ast.unparse(node))[0]
    if not isinstance(node, ast.Expr):
        return assigned
    return assigned - frozenset().union(*(imported_names(cell["full"]) for cell in assignment.autograded_cells()))


def _modules(assignment):
    sources = [cell["full"] for cell in assignment.cells if cell["cell_type"] == "code" and not cell["nbgrader"]]
    return frozenset().union(*map(imported_names, sources))


def _assigned_values(cell, assignment):
    """The names that a check gives values, apart from what it defines or imports."""
    others = [node for node in parsed(cell["full"]).body if not isinstance(node, DEFINITIONS)]
    return {name for node in others for name in _assigned_names(node, assignment)}
