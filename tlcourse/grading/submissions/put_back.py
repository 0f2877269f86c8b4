"""Puts into a hand-in what it lacks of its release: set-up cells, stubs, and the instructor's checks."""

import ast

from tlcourse.grading.model.release import parsed
from tlcourse.grading.submissions.match import is_test, name_of, plain
from tlcourse.grading.submissions.reading import new_cell

UNANSWERED = "had been deleted and was put back unanswered."


def put_back_given(notebook, release, notes):
    """Bring back a deleted set-up cell: without its imports nothing could earn anything."""
    for place, known in enumerate(release.cells):
        if known["cell_type"] != "code" or "setup" not in known["tags"]:
            continue
        names = _assigned(known["source"])
        if any(plain(known["source"]) == plain(cell.source) for cell in notebook.cells):
            continue
        if any("setup" in cell.metadata.get("tags", []) and _assigned(cell.source) & names for cell in notebook.cells):
            continue
        if names and all(any(name in _assigned(cell.source) for cell in notebook.cells) for name in names):
            continue
        where = _place_after(notebook.cells, release, place)
        notebook.cells.insert(where, _new(known))
        notes.append("A set-up cell had been deleted and was put back.")


def _assigned(source):
    """The names that a cell imports or assigns at its top level."""
    found = set()
    for node in parsed(source).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def _place_after(cells, release, place):
    """Where a released cell belongs: behind the nearest cell before it in the release that the notebook still has."""
    for earlier in reversed(release.cells[:place]):
        for number, cell in enumerate(cells):
            if (earlier["grade_id"] and name_of(cell) == earlier["grade_id"]) or (
                not earlier["grade_id"] and plain(earlier["source"]) == plain(cell.source)
            ):
                return number + 1
    return 0


def put_back_answers(notebook, release, notes):
    """Bring back a deleted stub or written answer, unanswered, so that the gradebook has a row for it."""
    there = {name_of(cell) for cell in notebook.cells}
    for place, known in enumerate(release.cells):
        if known["grade_id"] and not is_test(known["nbgrader"]) and known["grade_id"] not in there:
            notebook.cells.insert(_place_after(notebook.cells, release, place), _new(known))
            notes.append(f"Cell {known['grade_id']} {UNANSWERED}")


def put_in_tests(notebook, release, notes):
    """Put every original check in: where the submission has it, if that is behind the solution; else right there."""
    cells = notebook.cells
    names = [name_of(cell) for cell in cells]
    for place, known in enumerate(release.cells):
        name = known["grade_id"]
        if not name or not is_test(known["nbgrader"]):
            continue
        solution = release.exercise(name)
        earliest = max((number + 1 for number, other in enumerate(names) if other == solution), default=0)
        where = names.index(name) if name in names else None
        if where is not None and where >= earliest:
            cells[where] = _new(known, known["full"])
            continue
        if where is not None:
            del cells[where], names[where]
            earliest -= 1
        notes.append(
            f"The check {name} {'had been deleted' if where is None else 'stood before its exercise'} and was put back."
        )
        place = max(earliest, _place_after(cells, release, place))
        cells.insert(place, _new(known, known["full"]))
        names.insert(place, name)


def _new(known, source=None):
    metadata = {"origin": []}
    if known["tags"]:
        metadata["tags"] = list(known["tags"])
    if known["nbgrader"]:
        metadata["nbgrader"] = dict(known["nbgrader"])
    return new_cell(known["cell_type"], known["source"] if source is None else source, metadata)
