"""Reads what a course keeps about a class's work on a unit.

Marks come from nbgrader's gradebook; statuses, messages and flags from grading_records/UNIT/STUDENT.json.
"""

import dataclasses
import json

from tlcourse import notebooks
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_sync import format_lateness, lateness, remarks
from tlcourse.grading.gradebook.exports import score_after_penalty
from tlcourse.grading.model.results import STATUSES, records_folder
from tlcourse.grading.model.roster import course_roster
from tlcourse.grading.reporting import class_report


def read(folder, unit):
    """Everything that the page shows.

    Parameters
    ----------
    folder : path
        The course.
    unit : str

    Returns
    -------
    tlcourse.grading.reporting.class_report.ClassReport

    Raises
    ------
    FileNotFoundError
        If the unit has no solved notebook.
    ValueError
        If nothing of the unit has been graded.
    """
    course = NbgraderCourse(folder)
    owners = exercise_of_cells(notebooks.read(course.paths.solution_file(unit)))
    records = {file.stem: _record(file) for file in sorted(records_folder(course.folder, unit).glob("*.json"))}
    with course.gradebook() as book:
        marks, people = _marks(book, unit, owners)
    if not marks and not records:
        raise ValueError(f"nothing of {unit} has been graded in {folder}: `tlcourse grade {unit}` comes first")
    roster = course_roster(course.folder)
    names = sorted(set(marks) | set(records) | set(people if roster is None else roster.active))
    students = [_student(name, people.get(name, ""), marks.get(name), records.get(name), owners) for name in names]
    return class_report.summarize(unit, _with_dates_and_people(course, unit, students), owners)


def _with_dates_and_people(course, unit, students):
    """The same rows with how late each submission is, and what the roster says about the student."""
    late, about = lateness(course, unit), remarks(course, unit, [student.student for student in students])
    return [
        dataclasses.replace(
            student, late=format_lateness(late.get(student.student)), remark=about.get(student.student, "")
        )
        for student in students
    ]


def exercise_of_cells(notebook):
    """(exercise, maximum) by grade_id of every graded cell; a written answer is an exercise of its own."""
    owners = {}
    for name, (_, tests) in notebooks.exercises(notebook).items():
        owners |= {cell.metadata.nbgrader.grade_id: (name, cell.metadata.nbgrader.points) for cell in tests}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("grade") and nbgrader.get("grade_id") not in owners:
            owners[nbgrader["grade_id"]] = (nbgrader["grade_id"], nbgrader["points"])
    return owners


def _record(file):
    """What a record says; that it cannot be read, where it is none. One student's file must not cost the report."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if _is_record(content):
            return content
    except (OSError, ValueError, RecursionError):
        pass
    return {"status": "unreadable", "notes": [f"{file.name} could not be read"]}


def _is_record(content):
    if not isinstance(content, dict) or content.get("status") not in STATUSES:
        return False
    entries = {"notes": str, "flags": dict, "cells": dict}
    return all(
        isinstance(content.get(name, []), list) and all(isinstance(entry, kind) for entry in content.get(name, []))
        for name, kind in entries.items()
    )


def _marks(book, unit, owners):
    """From the gradebook: (grades, score less penalty, waiting, penalty) by student of the unit, and all names."""
    rows = {}
    people = {row.id: " ".join(filter(None, [row.first_name, row.last_name])) for row in book.students}
    for submission in book.assignment_submissions(unit):
        grades = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
        points, waiting = {}, False
        for name, grade in grades.items():
            exercise, _ = owners.get(name, (name, 0))
            unmarked = grade.needs_manual_grade and grade.manual_score is None and grade.auto_score is None
            waiting = waiting or bool(grade.needs_manual_grade)
            before = points.get(exercise, 0.0)
            points[exercise] = None if unmarked or before is None else before + grade.score
        penalty = submission.late_submission_penalty or 0.0
        rows[submission.student.id] = (points, score_after_penalty(submission), waiting, penalty)
    return rows, people


def _student(student, name, marks, record, owners):
    record = record or {}
    points, score, waiting, penalty = marks or ({}, None, False, 0.0)
    messages = [
        (owners.get(cell.get("grade_id"), (cell.get("grade_id"), 0))[0], str(cell.get("message") or ""))
        for cell in record.get("cells", [])
    ]
    status = record.get("status") or ("graded" if marks else "missing")
    notes, flags = list(record.get("notes", [])), list(record.get("flags", []))
    row = (student, name, status, score, waiting, points, notes, flags, messages)
    return class_report.StudentRow(*row, penalty=penalty)
