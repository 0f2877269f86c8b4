"""Bring the checks of a unit in nbgrader's gradebook in step with its solved notebook, also when there are submissions.

nbgrader itself then stops with "Cannot add or remove cells". Here, submissions and marks of the other checks stay, and
the marks of a withdrawn check are kept in a file. A check that comes back gets them back.
"""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from nbgrader.api import Comment, Grade
from nbgrader.utils import is_grade, is_locked, is_solution

from tlcourse.grading.model.results import WITHDRAWN
from tlcourse.storage import write_json


class CellChanges(NamedTuple):
    """How the graded cells of a solved notebook differ from those in the gradebook; names and points."""

    added: dict  # name: points
    removed: dict  # name: points
    points: dict  # name: (old, new)
    checks: list  # names of the checks whose code changed, hidden tests included
    submissions: int


def changes(book, unit, notebook):
    """The `CellChanges` between the gradebook and a solved notebook; a unit that is not there yet has only new cells.

    Parameters
    ----------
    book : nbgrader.api.Gradebook
    unit : str
    notebook : nbformat.NotebookNode
    """
    entry = _entry(book, unit)
    graded = {cell.metadata.nbgrader.grade_id: cell for cell in filter(is_grade, notebook.cells)}
    new = {name: float(cell.metadata.nbgrader.points) for name, cell in graded.items()}
    old = {cell.name: cell.max_score for cell in entry.grade_cells} if entry else {}
    sources = {cell.name: cell.source for cell in entry.source_cells} if entry else {}
    checks = [name for name, cell in graded.items() if name in old and not is_solution(cell)]
    return CellChanges(
        added={name: points for name, points in new.items() if name not in old},
        removed={name: points for name, points in old.items() if name not in new},
        points={name: (old[name], new[name]) for name in new if name in old and old[name] != new[name]},
        checks=[name for name in checks if graded[name].source != sources.get(name)],
        submissions=len(entry.submissions) if entry else 0,
    )


def update(book, unit, notebook, folder):
    """Add and remove the cells of a unit that has submissions, so that nbgrader can release it again.

    Parameters
    ----------
    book : nbgrader.api.Gradebook
    unit : str
    notebook : nbformat.NotebookNode
        Solved.
    folder : pathlib.Path
        Where the marks of withdrawn checks are kept, in `WITHDRAWN`.
    """
    entry = _entry(book, unit)
    if entry is None or not entry.submissions:
        return
    names = {
        "grade": {cell.metadata.nbgrader.grade_id for cell in filter(is_grade, notebook.cells)},
        "solution": {cell.metadata.nbgrader.grade_id for cell in filter(is_solution, notebook.cells)},
    }
    kept = _withdraw(book, entry, names, folder / WITHDRAWN)
    _remove_sources(book, entry, notebook)
    for cell in filter(is_grade, notebook.cells):
        _add_grades(book, entry, cell, kept)
    for cell in filter(is_solution, notebook.cells):
        _add_comments(book, entry, cell.metadata.nbgrader.grade_id, kept)
    for cell in notebook.cells:
        if is_grade(cell) or is_solution(cell) or is_locked(cell):
            book.update_or_create_source_cell(
                cell.metadata.nbgrader.grade_id, unit, unit, cell_type=cell.cell_type, source=cell.source
            )
    book.db.commit()


def _entry(book, unit):
    """The unit's notebook in the gradebook, or None."""
    entries = {row.name: row for row in book.assignments}
    if unit not in entries:
        return None
    return next((row for row in entries[unit].notebooks if row.name == unit), None)


def _withdraw(book, entry, names, file):
    """Delete cells that the notebook no longer has, after their marks are in a file; what the file then contains."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    grade_cells = [cell for cell in entry.grade_cells if cell.name not in names["grade"]]
    solution_cells = [cell for cell in entry.solution_cells if cell.name not in names["solution"]]
    rows = [_mark(grade) for cell in grade_cells for grade in cell.grades]
    rows += [_remark(comment) for cell in solution_cells for comment in cell.comments if comment.manual_comment]
    if rows:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept += [{"withdrawn": now, **row} for row in rows]
        write_json(file, kept)
    for cell in grade_cells:
        _delete(book, cell, list(cell.grades))
    for cell in solution_cells:
        _delete(book, cell, list(cell.comments))
    book.db.commit()
    return kept


def _mark(grade):
    row = {"student": grade.student.id, "check": grade.name}
    return row | {key: getattr(grade, key) for key in ("auto_score", "manual_score", "extra_credit")}


def _remark(comment):
    return {"student": comment.student.id, "answer": comment.name, "manual_comment": comment.manual_comment}


def _delete(book, cell, rows):
    for row in rows:
        book.db.delete(row)
    book.db.flush()
    book.db.delete(cell)


def _remove_sources(book, entry, notebook):
    names = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
    for cell in [cell for cell in entry.source_cells if cell.name not in names]:
        book.db.delete(cell)
    book.db.commit()


def _add_grades(book, entry, cell, kept):
    """Give every submission a grade for a check that is new, with the marks that a person once gave."""
    name = cell.metadata.nbgrader.grade_id
    about = {"max_score": float(cell.metadata.nbgrader.points), "cell_type": cell.cell_type}
    row = book.update_or_create_grade_cell(name, entry.name, entry.name, **about)
    present = {grade.notebook_id for grade in row.grades}
    marks = {mark["student"]: mark for mark in kept if mark.get("check") == name}
    for submission in entry.submissions:
        if submission.id not in present:
            mark = marks.get(submission.student.id, {})
            by_person = {key: mark.get(key) for key in ("manual_score", "extra_credit")}
            book.db.add(Grade(cell_id=row.id, notebook=submission, **by_person))


def _add_comments(book, entry, name, kept):
    row = book.update_or_create_solution_cell(name, entry.name, entry.name)
    present = {comment.notebook_id for comment in row.comments}
    texts = {text["student"]: text["manual_comment"] for text in kept if text.get("answer") == name}
    for submission in entry.submissions:
        if submission.id not in present:
            text = texts.get(submission.student.id)
            book.db.add(Comment(cell_id=row.id, notebook=submission, manual_comment=text))
