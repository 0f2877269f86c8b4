"""How a class did in a unit, for its instructor: what the page of `page` shows. `class_records` reads it."""

import collections
import re
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tlcourse.grading.reporting import item_analysis

ATTEMPTED = ("graded", "repaired", "timed out", "crashed")
MISCONCEPTION = re.compile(r"That is what comes out when (.+?)\.(?:\s|$)", re.DOTALL)


class FailedCheck(NamedTuple):
    """The message of a check that failed."""

    exercise: str
    grade_id: str
    message: str


@dataclass(frozen=True)
class StudentRow:
    """One line of the table of students."""

    student: str
    name: str
    status: str
    score: float | None  # less the penalty for being late; None where the gradebook has nothing
    marks: dict  # points by exercise; None where a person still has to give them
    unmarked: int = 0  # written answers that nobody has marked yet
    unconfirmed: int = 0  # points by hand that a person has to confirm
    notes: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    messages: list = field(default_factory=list)  # of FailedCheck
    late: str = ""  # how late, such as "1 d 3 h"
    penalty: float = 0.0  # points
    remark: str = ""  # on the enrollment, for the instructor


@dataclass(frozen=True)
class ClassReport:
    """What the page shows."""

    unit: str
    students: list
    exercises: list
    misconceptions: list  # (exercise, misconception, students), the most common first
    titles: dict = field(default_factory=dict)  # "Exercise 1.1: Compute the output size" by exercise

    def title(self, exercise):
        """The number and title of an exercise, as the notebook has them."""
        return self.titles.get(exercise, exercise)

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


def summarize(unit, students, owners, titles):
    """The `ClassReport` of a unit.

    Parameters
    ----------
    unit : str
    students : list of StudentRow
    owners : dict
        (exercise, maximum) by grade_id of every graded cell.
    titles : dict of str to str
        The heading over each exercise.
    """
    return ClassReport(unit, students, _exercises(students, owners), _misconceptions(students), titles)


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
        for failed in student.messages:
            for misconception in MISCONCEPTION.findall(failed.message):
                students_by_misconception[failed.exercise, " ".join(misconception.split())].add(student.student)
    counted = [(*key, sorted(names)) for key, names in students_by_misconception.items()]
    return sorted(counted, key=lambda entry: (-len(entry[2]), entry[0], entry[1]))
