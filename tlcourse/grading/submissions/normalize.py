"""Brings a damaged submission back to the shape of its release, where that is safe, and reports what was done.

Solutions are the student's and stay as they are. Tests are the instructor's: whatever a submission holds in their place
is taken out, and the originals are put in behind the solution that they test.
"""

import ast
import collections
import re

from tlcourse.grading.model.assignment import is_setup
from tlcourse.grading.model.cell_code import defined_functions, parsed
from tlcourse.grading.model.progress_titles import progress_titles
from tlcourse.grading.submissions import reading
from tlcourse.grading.submissions.match import collapse_whitespace, grade_id_of, is_locked, match_cells, same_text
from tlcourse.notebooks import KERNEL

ADVICE = "If you had answered it, run `tlcourse repair NOTEBOOK`, put your answer into the copy, and submit the copy."
MAGIC_BELOW_COMMENTS = re.compile(r"((?:[ \t]*(?:#.*)?\n)*[ \t]*#.*\n(?:[ \t]*\n)*)(%%\w.*)")
TITLE = re.compile(r"""progress\.exercise\(["'](\w+)["']\)""")
MERGED_ANSWER = "# The answer is in another cell."
UNANSWERED = "was missing and was restored without an answer."


def read_normalized(content, assignment):
    """`normalize` what a student submitted; an extra sentence gives advice on an answer that was not found.

    Raises
    ------
    tlcourse.grading.submissions.reading.Unreadable
    """
    notebook, notes = normalize(reading.read(content), assignment)
    return notebook, [*notes, ADVICE] if any(note.endswith(UNANSWERED) for note in notes) else notes


def normalize(notebook, assignment):
    """A notebook that can be graded against its release, and sentences about what was repaired.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Of `tlcourse.grading.submissions.reading.read`; it is changed.
    assignment : tlcourse.grading.model.assignment.Assignment

    Returns
    -------
    (nbformat.NotebookNode, list of str)
        The sentences are empty where nothing that matters was amiss.
    """
    notes = []
    match_cells(notebook.cells, assignment, notes)
    _remove_duplicate_checks(notebook, assignment.cells_by_id(), notes)
    _keep_last_answers(notebook.cells, assignment, notes)
    added = _added_exercises(notebook.cells, assignment)
    notes += map(added_note, added)
    _restore_setup(notebook, assignment, notes)
    _restore_answers(notebook, assignment, added, notes)
    _insert_checks(notebook, assignment, added, notes)
    _raise_cell_magics(notebook.cells, notes)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("origin", None)
        cell.id = grade_id_of(cell) or f"cell-{number}"
    notebook.metadata = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    return notebook, notes


def added_note(exercise):
    """What is said of an exercise that the release of the student's notebook did not have."""
    return f"The exercise {exercise} was added after this notebook was fetched. Fetch the new notebook to answer it."


def _added_exercises(cells, assignment):
    """The exercises that a notebook lacks because its release did: they have no title in its `progress` either."""
    titles = _titles(cell.source for cell in cells if cell.cell_type == "code")
    released = _titles(cell["source"] for cell in assignment.cells if cell["cell_type"] == "code")
    names, present = {}, {grade_id_of(cell) for cell in cells}
    for check in assignment.autograded_cells():
        own = {*TITLE.findall(check["full"]), check["grade_id"].removeprefix("test_")}
        names.setdefault(assignment.exercise_of(check["grade_id"]), set()).update(own & released)
    return [
        exercise
        for exercise, own in names.items()
        if titles and own and not own & titles and exercise and exercise not in present
    ]


def _titles(sources):
    """The names of all titles in the `progress` of a notebook's cells."""
    return {name for source in sources for name in progress_titles(source)}


def _remove_duplicate_checks(notebook, released, notes):
    """Leave one cell of each check, which marks its place, and say which had been changed."""
    seen, kept = set(), []
    for cell in notebook.cells:
        name = grade_id_of(cell)
        if not name or not is_locked(released[name]["nbgrader"]):
            kept.append(cell)
        elif name in seen:
            notes.append(f"A duplicate of the check {name} was removed.")
        else:
            seen.add(name)
            kept.append(cell)
            if collapse_whitespace(cell.source) not in (
                collapse_whitespace(released[name]["source"]),
                collapse_whitespace(released[name]["full"]),
            ):
                notes.append(f"The check {name} was changed; the original check was used.")
    notebook.cells = kept


def _keep_last_answers(cells, assignment, notes):
    """Leave nbgrader's metadata on one cell of a grade_id: the last answer in front of its check, else the last one."""
    times = collections.Counter(grade_id_of(cell) for cell in cells)
    for name, released in assignment.cells_by_id().items():
        if times[name] < 2:
            continue
        copies = [number for number, cell in enumerate(cells) if grade_id_of(cell) == name]
        stub = collapse_whitespace(released["source"])
        first_check = next((n for n, cell in enumerate(cells) if _is_check_of(cell, name, assignment)), len(cells))
        answers = [number for number in copies if collapse_whitespace(cells[number].source) != stub] or copies
        chosen = max([number for number in answers if number < first_check] or answers)
        for number in copies:
            if number != chosen:
                del cells[number].metadata["nbgrader"]
                if cells[number].cell_type == "code" and collapse_whitespace(cells[number].source) == stub:
                    cells[number].source = f"# An unchanged copy of {name}, which is not run."
        notes.append(f"Several cells were named {name}; the last answer before its check counts.")


def _is_check_of(cell, exercise, assignment):
    """Whether a cell is one of the instructor's checks of this exercise."""
    name = grade_id_of(cell)
    return (
        name
        and is_locked(assignment.cells_by_id()[name]["nbgrader"])
        and assignment.exercise_of(name) == exercise != name
    )


def _restore_setup(notebook, assignment, notes):
    """Bring back a deleted set-up cell: without its imports nothing could earn anything."""
    for place, released in enumerate(assignment.cells):
        if not is_setup(released):
            continue
        names = _assigned(released["source"])
        if any(same_text(released["source"], cell.source) for cell in notebook.cells):
            continue
        if any("setup" in cell.metadata.get("tags", []) and _assigned(cell.source) & names for cell in notebook.cells):
            continue
        if names and all(any(name in _assigned(cell.source) for cell in notebook.cells) for name in names):
            continue
        where = _place_after(notebook.cells, assignment, place)
        notebook.cells.insert(where, _from_release(released))
        notes.append("A setup cell was missing and was restored.")


def _assigned(source):
    """The names that a cell imports or assigns at its top level."""
    names = set()
    for node in parsed(source).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _place_after(cells, assignment, place):
    """Where a released cell belongs: behind the nearest cell before it in the release that the notebook still has."""
    for earlier in reversed(assignment.cells[:place]):
        for number, cell in enumerate(cells):
            if (earlier["grade_id"] and grade_id_of(cell) == earlier["grade_id"]) or (
                not earlier["grade_id"] and same_text(earlier["source"], cell.source)
            ):
                return number + 1
    return 0


def _restore_answers(notebook, assignment, added, notes):
    """Bring back a deleted stub or written answer, unanswered, so that the gradebook has a row for it."""
    present = {grade_id_of(cell) for cell in notebook.cells}
    for place, released in enumerate(assignment.cells):
        name = released["grade_id"]
        if name and not is_locked(released["nbgrader"]) and name not in present:
            if (merged_into := _defining_cell(notebook.cells, released)) is not None:
                notebook.cells.insert(merged_into + 1, _from_release(released, MERGED_ANSWER))
                notes.append(f"Cell {name} was missing; its answer was found in another cell.")
                continue
            notebook.cells.insert(_place_after(notebook.cells, assignment, place), _from_release(released))
            if name not in added:
                notes.append(f"Cell {name} {UNANSWERED}")


def _defining_cell(cells, released):
    """The place of the last cell that defines what a missing answer must define, as after cells were merged.

    A check does not count: the original takes the place of whatever it contains.
    """
    wanted = set(defined_functions(released["source"])) if released["cell_type"] == "code" else set()
    own = [
        (place, cell.source)
        for place, cell in enumerate(cells)
        if cell.cell_type == "code" and not is_locked(cell.metadata.get("nbgrader", {}))
    ]
    places = [place for place, source in own if wanted and wanted <= set(defined_functions(source))]
    return places[-1] if places else None


def _insert_checks(notebook, assignment, added, notes):
    """Put every original check in: where the submission has it, if that is behind the solution; else right there."""
    cells = notebook.cells
    names = [grade_id_of(cell) for cell in cells]
    for place, released in enumerate(assignment.cells):
        name = released["grade_id"]
        if not name or not is_locked(released["nbgrader"]):
            continue
        solution = assignment.exercise_of(name)
        earliest = max((number + 1 for number, other in enumerate(names) if other == solution), default=0)
        where = names.index(name) if name in names else None
        if where is not None and where >= earliest:
            cells[where] = _from_release(released, released["full"])
            continue
        if where is not None:
            del cells[where], names[where]
            earliest -= 1
        repair = "was missing and was restored" if where is None else "came before its exercise and was moved"
        if solution not in added:
            notes.append(f"The check {name} {repair}.")
        target = max(earliest, _place_after(cells, assignment, place))
        cells.insert(target, _from_release(released, released["full"]))
        names.insert(target, name)


def _raise_cell_magics(cells, notes):
    """Put a cell magic above the comments over it, where Colab allows them and Jupyter loses the whole cell."""
    for cell in cells:
        match = MAGIC_BELOW_COMMENTS.match(cell.source) if cell.cell_type == "code" else None
        if match:
            comments, magic = match.groups()
            cell.source = magic + "\n" + comments + cell.source[match.end() :].lstrip("\n")
            notes.append(
                f"`{magic.split()[0]}` was moved above the comments before it, because it must be the first line."
            )


def _from_release(released, source=None):
    """A cell of the release, for a submission that lacks it."""
    metadata = {"origin": []}
    if released["tags"]:
        metadata["tags"] = list(released["tags"])
    if released["nbgrader"]:
        metadata["nbgrader"] = dict(released["nbgrader"])
    return reading.new_cell(released["cell_type"], released["source"] if source is None else source, metadata)
