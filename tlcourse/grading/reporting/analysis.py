"""How a class did in a unit, for its instructor: what the page of `page` shows.

Marks come from nbgrader's gradebook; statuses, messages and flags from autograding/UNIT/STUDENT.json.
"""

import collections
import json
import re
from dataclasses import dataclass, field

import numpy as np

from tlcourse import notebooks
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.exports import less_penalty
from tlcourse.grading.reporting import item_analysis

ATTEMPTED = ("graded", "repaired", "timed out", "crashed")
MISCONCEPTION = re.compile(r"That is what comes out when (.+?)\.(?:\s|$)", re.DOTALL)


@dataclass(frozen=True)
class StudentRow:
    """One line of the table of students."""

    student: str
    name: str
    status: str
    score: float | None  # less the penalty for being late; None where the gradebook has nothing
    waiting: bool  # a person still has to mark something
    marks: dict  # points by exercise; None where a person still has to give them
    notes: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    messages: list = field(default_factory=list)  # (exercise, message of a failed check)


@dataclass(frozen=True)
class ClassReport:
    """What the page shows."""

    unit: str
    students: list
    exercises: list
    misconceptions: list  # (exercise, misconception, students), the most common first

    @property
    def max_score(self):
        """The points of all exercises and written answers."""
        return sum(exercise.max_score for exercise in self.exercises)

    @property
    def statuses(self):
        """How many students have each status."""
        return collections.Counter(student.status for student in self.students)

    def histogram(self, bins=10):
        """How many attempts lie in each tenth of the points: (lowest, highest, students)."""
        tried = [student for student in self.students if student.status in ATTEMPTED]
        scores = [student.score for student in tried if student.score is not None]
        counts, edges = np.histogram(scores, bins=bins, range=(0, self.max_score or 1))
        return [(low, high, int(n)) for low, high, n in zip(edges, edges[1:], counts, strict=False)]


def read(folder, unit):
    """Everything that the page shows.

    Parameters
    ----------
    folder : path
        The course.
    unit : str

    Returns
    -------
    ClassReport

    Raises
    ------
    FileNotFoundError
        If the unit has no solved notebook.
    ValueError
        If nothing of the unit has been graded.
    """
    course = NbgraderCourse(folder)
    owners = exercise_of_cells(notebooks.read(course.solution_file(unit)))
    records = {file.stem: _record(file) for file in sorted((course.folder / "autograding" / unit).glob("*.json"))}
    with course.gradebook() as book:
        marks, people = _marks(book, unit, owners)
    if not marks and not records:
        raise ValueError(f"nothing of {unit} has been graded in {folder}: `tlcourse grade {unit}` comes first")
    names = sorted(set(marks) | set(records) | set(people))
    students = [_student(name, people.get(name, ""), marks.get(name), records.get(name), owners) for name in names]
    return ClassReport(unit, students, _exercises(students, owners), _misconceptions(students))


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
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"status": "unreadable", "notes": [f"{file.name} could not be read"]}


def _marks(book, unit, owners):
    """From the gradebook: (grades, score less penalty, waiting) by student of the unit, and everybody's name."""
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
        rows[submission.student.id] = (points, less_penalty(submission), waiting)
    return rows, people


def _student(student, name, marks, record, owners):
    record = record or {}
    points, score, waiting = marks or ({}, None, False)
    messages = [
        (owners.get(cell.get("grade_id"), (cell.get("grade_id"), 0))[0], str(cell.get("message") or ""))
        for cell in record.get("cells", [])
    ]
    status = record.get("status") or ("graded" if marks else "missing")
    notes, flags = list(record.get("notes", [])), list(record.get("flags", []))
    return StudentRow(student, name, status, score, waiting, points, notes, flags, messages)


def _exercises(students, owners):
    highest = collections.Counter()
    for exercise, points in owners.values():
        highest[exercise] += points
    tried = [student for student in students if student.status in ATTEMPTED]
    return [
        item_analysis.analyze(name, points, [student.marks for student in tried]) for name, points in highest.items()
    ]


def _misconceptions(students):
    students_by_misconception = collections.defaultdict(set)
    for student in students:
        for exercise, message in student.messages:
            for misconception in MISCONCEPTION.findall(message):
                students_by_misconception[exercise, " ".join(misconception.split())].add(student.student)
    counted = [(*key, sorted(names)) for key, names in students_by_misconception.items()]
    return sorted(counted, key=lambda entry: (-len(entry[2]), entry[0], entry[1]))
