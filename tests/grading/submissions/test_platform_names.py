"""Whose file it is, by the names that platforms and people give."""

import pytest

from tlcourse.grading.model.roster import RosterStudent
from tlcourse.grading.submissions.platform_names import OwnerFinder

STUDENTS = [
    RosterStudent("alice", "Alice", "Arnold", canvas_id="101"),
    RosterStudent("alice2", "Zoë", "D'Arc-Müller", canvas_id="102"),
    RosterStudent("kim1", "Kim", "Lee", canvas_id="103"),
    RosterStudent("kim2", "Kim", "Lee", canvas_id="104"),
]


@pytest.mark.parametrize(
    ("path", "student", "inner"),
    [
        ("Alice Arnold_4711_assignsubmission_file_/unit.ipynb", "alice", "unit.ipynb"),
        ("Arnold Alice_4711_assignsubmission_file_/a/unit.ipynb", "alice", "a/unit.ipynb"),
        ("Alice Arnold_4711_assignsubmission_file_unit.ipynb", "alice", "unit.ipynb"),
        ("Zoe D'Arc-Muller_4712_assignsubmission_file_/unit.zip", "alice2", "unit.zip"),
        ("Kim Lee_4713_assignsubmission_file_/unit.ipynb", None, "unit.ipynb"),
        ("arnoldalice_101_998_unit.ipynb", "alice", "unit.ipynb"),
        ("leekim_104_999_unit-1.ipynb", "kim2", "unit-1.ipynb"),
        ("arnoldalice_7_998_unit.ipynb", "alice", "unit.ipynb"),
        ("somebody_9_998_unit.ipynb", None, "unit.ipynb"),
        ("alice/01_unit/unit.ipynb", "alice", "01_unit/unit.ipynb"),
        ("alice2.zip", "alice2", "alice2.zip"),
        ("alice2_unit.ipynb", "alice2", "alice2_unit.ipynb"),
        ("Alice Arnold/unit.ipynb", "alice", "unit.ipynb"),
        ("readme.txt", None, "readme.txt"),
    ],
)
def test_the_owner_of_a_file(path, student, inner):
    owner = OwnerFinder(STUDENTS).owner(path)
    assert (owner.student, owner.inner) == (student, inner)


def test_canvas_marks_what_is_late():
    finder = OwnerFinder(STUDENTS)
    assert finder.owner("arnoldalice_LATE_101_998_unit.ipynb") == ("alice", "arnoldalice_101", "unit.ipynb", True)
    assert not finder.owner("arnoldalice_101_998_unit.ipynb").marked_late
