"""Reads what a course keeps about a class's work on a unit.

Marks come from nbgrader's gradebook; statuses, messages and flags from grading_records/UNIT/STUDENT.json.
"""

import dataclasses
import json
import os
from pathlib import Path
from urllib.parse import quote

from tlcourse import notebooks
from tlcourse.grading.gradebook.absent import gone_note
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_sync import format_lateness, lateness, remarks
from tlcourse.grading.gradebook.marks import unit_marks
from tlcourse.grading.model.results import STATUSES, student_records
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
    reference = notebooks.read(course.paths.solution_file(unit))
    owners = notebooks.exercise_of_cells(reference)
    records = {student: _record(file) for student, file in student_records(course.folder, unit).items()}
    with course.gradebook() as book:
        marks = unit_marks(course, book, unit)
        people = {row.id: " ".join(filter(None, [row.first_name, row.last_name])) for row in book.students}
    if not marks and not records:
        raise ValueError(f"no submission of {unit} has been graded in {folder}: run `tlcourse grade {unit}` first")
    roster = course_roster(course.folder)
    names = sorted(set(marks) | set(records) | set(people if roster is None else roster.active))
    students = [_student(name, people.get(name, ""), marks.get(name), records.get(name), owners) for name in names]
    _note_gone(course, unit, students, records)
    rows = _with_dates_and_people(course, unit, students)
    return class_report.summarize(unit, rows, owners, notebooks.exercise_titles(reference))


def _note_gone(course, unit, students, records):
    """Say which marks are those of submissions that are no longer there."""
    present = course.paths.submission_folders(unit)
    for row in students if course.paths.submitted_folder().is_dir() else ():
        if row.score is not None and row.student not in present:
            recorded_at = records.get(row.student, {}).get("recorded_at")
            row.notes.append(gone_note(course, unit, row.student, recorded_at))


def _with_dates_and_people(course, unit, students):
    """The same rows with how late each submission is, and what the roster says about the student."""
    late, about = lateness(course, unit), remarks(course, unit, [student.student for student in students])
    return [
        dataclasses.replace(
            student,
            late=format_lateness(late.get(student.student)),
            remark=about.get(student.student, ""),
            links=_links(course, unit, student.student),
        )
        for student in students
    ]


def report_folder(folder, unit):
    """Where a course keeps the report on a unit."""
    return Path(folder, "report", unit)


def _links(course, unit, student):
    """The addresses of a student's submission and feedback page, as seen from the report; only of those there are."""
    paths, base = course.paths, report_folder(course.folder, unit)
    submitted = [paths.submitted_file(student, unit), paths.submission_folder(student, unit)]
    places = {"submission": submitted, "feedback": [paths.feedback_file(student, unit)]}
    existing = {name: [path for path in chosen if path.exists()] for name, chosen in places.items()}
    return {name: quote(Path(os.path.relpath(files[0], base)).as_posix()) for name, files in existing.items() if files}


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


def _student(student, name, mark, record, owners):
    record = record or {}
    messages = [
        class_report.FailedCheck(_exercise_of(cell, owners), str(cell.get("grade_id")), str(cell["message"]))
        for cell in record.get("cells", [])
        if cell.get("message")
    ]
    flags = [{**flag, "exercise": _exercise_of(flag, owners)} for flag in record.get("flags", [])]
    return class_report.StudentRow(
        student,
        name,
        status=record.get("status") or ("graded" if mark else "missing"),
        score=mark and mark.points,
        provisional=mark.why_provisional if mark else "",
        unconfirmed=mark.unconfirmed if mark else 0,
        marks=_points_by_exercise(mark, owners) if mark else {},
        notes=list(record.get("notes", [])),
        flags=flags,
        messages=messages,
        penalty=mark.penalty if mark else 0.0,
    )


def _exercise_of(entry, owners):
    """The exercise that a record's cell or flag is about; its grade_id where that is no exercise's."""
    return owners.get(entry.get("grade_id"), (entry.get("grade_id"), 0))[0]


def _points_by_exercise(mark, owners):
    """Points by exercise; None where a person still has to give them."""
    points = {}
    for name, earned in mark.by_cell.items():
        exercise, _ = owners.get(name, (name, 0))
        before = points.get(exercise, 0.0)
        points[exercise] = None if earned is None or before is None else before + earned
    return points
