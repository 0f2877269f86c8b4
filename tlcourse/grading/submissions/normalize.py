"""Brings a damaged submission back to the shape of its release, where that is safe, and says what was done.

Solutions are the student's and stay as they are. Tests are the instructor's: whatever a submission holds in their place
is taken out, and the originals are put in behind the solution that they test.
"""

import collections

from tlcourse.grading.model.release import KERNEL
from tlcourse.grading.submissions import reading
from tlcourse.grading.submissions.match import is_test, name_of, plain, recognise
from tlcourse.grading.submissions.put_back import UNANSWERED, put_back_answers, put_back_given, put_in_tests

ADVICE = "If it was answered, `tlcourse repair NOTEBOOK` makes a copy to put the answer into; hand that in."


def hand_in(content, release):
    """`repair`, for what a student handed in: a sentence more says what to do about an answer that was not found.

    Raises
    ------
    tlcourse.grading.submissions.reading.Unreadable
    """
    notebook, notes = repair(reading.read(content), release)
    return notebook, [*notes, ADVICE] if any(note.endswith(UNANSWERED) for note in notes) else notes


def repair(notebook, release):
    """A notebook that can be graded against its release, and sentences about what was repaired.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Of `tlcourse.grading.submissions.reading.read`; it is changed.
    release : tlcourse.grading.model.release.Release

    Returns
    -------
    (nbformat.NotebookNode, list of str)
        The sentences are empty where nothing that matters was amiss.
    """
    notes = []
    known = release.by_id()
    recognise(notebook.cells, release, notes)
    _take_out_copies(notebook, known, notes)
    _one_of_each(notebook.cells, release, notes)
    put_back_given(notebook, release, notes)
    put_back_answers(notebook, release, notes)
    put_in_tests(notebook, release, notes)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("origin", None)
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.id = name or f"cell-{number}"
    notebook.metadata = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    return notebook, notes


def _take_out_copies(notebook, known, notes):
    """Leave one cell of each check, which marks its place, and say which had been changed."""
    seen, kept = set(), []
    for cell in notebook.cells:
        name = name_of(cell)
        if not name or not is_test(known[name]["nbgrader"]):
            kept.append(cell)
        elif name in seen:
            notes.append(f"A copy of the check {name} was taken out.")
        else:
            seen.add(name)
            kept.append(cell)
            if plain(cell.source) not in (plain(known[name]["source"]), plain(known[name]["full"])):
                notes.append(f"The check {name} had been changed; the original was used.")
    notebook.cells = kept


def _one_of_each(cells, release, notes):
    """Leave nbgrader's metadata on one cell of a grade_id: the last answer in front of its check, else the last one."""
    known = release.by_id()
    times = collections.Counter(name_of(cell) for cell in cells)
    for name in known:
        if times[name] < 2:
            continue
        copies = [number for number, cell in enumerate(cells) if name_of(cell) == name]
        stub = plain(known[name]["source"])
        first_check = next((n for n, cell in enumerate(cells) if _checks(cell, name, release)), len(cells))
        answers = [number for number in copies if plain(cells[number].source) != stub] or copies
        chosen = max([number for number in answers if number < first_check] or answers)
        for number in copies:
            if number != chosen:
                del cells[number].metadata["nbgrader"]
                if cells[number].cell_type == "code" and plain(cells[number].source) == stub:
                    cells[number].source = f"# An untouched copy of {name}, not run."
        notes.append(f"There were several cells {name}; the last answer in front of its check counts.")


def _checks(cell, exercise, release):
    """Whether a cell is one of the instructor's checks of this exercise."""
    name = name_of(cell)
    return name and is_test(release.by_id()[name]["nbgrader"]) and release.exercise(name) == exercise != name
