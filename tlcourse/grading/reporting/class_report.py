"""How a class did in a unit, for its instructor: what the page of `page` shows. `class_records` reads it."""

import collections
import math
import re
from dataclasses import dataclass, field
from typing import NamedTuple

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
    provisional: str = ""  # why the points can still rise
    unconfirmed: int = 0  # points by hand that a person has to confirm
    notes: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    messages: list = field(default_factory=list)  # of FailedCheck
    late: str = ""  # how late, such as "1 d 3 h"
    penalty: float = 0.0  # points
    remark: str = ""  # on the enrollment, for the instructor
    links: dict = field(default_factory=dict)  # addresses, relative to the page: "submission" and "feedback"


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

    def short_title(self, exercise):
        """What stands before the colon of a title, such as "1.1"; several written answers have numbers."""
        words = self._kind(exercise)
        alike = [item.name for item in self.exercises if self._kind(item.name) == words]
        return words if len(alike) < 2 else f"{words} {alike.index(exercise) + 1}"

    def _kind(self, exercise):
        return self.title(exercise).partition(":")[0].removeprefix("Exercise ")

    @property
    def max_score(self):
        """The points of all exercises and written answers."""
        return sum(exercise.max_score for exercise in self.exercises)

    @property
    def statuses(self):
        """How many students have each status."""
        return collections.Counter(student.status for student in self.students)

    def students_by_points(self, exercise=None):
        """Who tried, by their whole points: a list of students for 0 points, one for 1 point, up to the maximum.

        A fraction is left out: 3.5 points count among the 3. Who has no mark yet is not listed.

        Parameters
        ----------
        exercise : str, optional
            By default, the points of the whole unit.
        """
        marks = {student.student: self._points(student, exercise) for student in self.students}
        marks = {name: max(0, math.floor(points + 1e-9)) for name, points in marks.items() if points is not None}
        maximum = self.max_score if exercise is None else self._maximum(exercise)
        groups = [[] for _ in range(max([math.floor(maximum), *marks.values()]) + 1)]
        for name, points in marks.items():
            groups[points].append(name)
        return groups

    def _points(self, student, exercise):
        if student.status not in ATTEMPTED:
            return None
        return student.score if exercise is None else student.marks.get(exercise)

    def _maximum(self, exercise):
        return next(item.max_score for item in self.exercises if item.name == exercise)

    def mistakes(self, exercise):
        """The known mistakes that the checks of an exercise found: pairs (mistake, students), the most common first."""
        return [(mistake, students) for name, mistake, students in self.misconceptions if name == exercise]


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
