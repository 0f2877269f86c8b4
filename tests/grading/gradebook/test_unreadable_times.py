"""A time that nbgrader cannot read stops nobody's list, and is still reported."""

import os
import sys

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from tlcourse.grading.gradebook import unreadable_times
from tlcourse.grading.submissions.discover import TIMESTAMP, UNREADABLE_TIMESTAMP, read_submission

UNIT = "unit"
UNREADABLE = {
    "words": b"yesterday evening",
    "empty": b"",
    "not UTF-8": b"\xff\xfe2026",
    "too long": b"2026-11-30 10:00:00 UTC" + b" " * 5000,
    "a number too large": b"9" * 40,
    "an hour too large": b"9" * 30 + b"h",
}


@pytest.fixture
def submission(tmp_path):
    folder = tmp_path / "submitted" / "ann" / UNIT
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").write_bytes(b"{}")
    return folder


def time_for_formgrader(folder):
    """What formgrader reads for its list."""
    return NbGraderAPI(CourseDirectory(root=str(folder.parents[2]))).get_submitted_timestamp(UNIT, "ann")


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_nbgrader_cannot_read_gets_another_name_and_is_graded_as_before(submission, content):
    (submission / TIMESTAMP).write_bytes(content)
    before = read_submission(submission, "ann", UNIT)
    unreadable_times.set_aside([submission])
    assert (submission / UNREADABLE_TIMESTAMP).read_bytes() == content
    assert time_for_formgrader(submission) is None
    assert read_submission(submission, "ann", UNIT) == before


def test_a_second_unreadable_time_does_not_replace_the_first(submission):
    for content in (b"yesterday evening", b"this morning", b"at noon"):
        (submission / TIMESTAMP).write_bytes(content)
        unreadable_times.set_aside([submission])
    assert time_for_formgrader(submission) is None
    assert (submission / UNREADABLE_TIMESTAMP).read_bytes() == b"at noon"
    kept = {path.read_bytes() for path in submission.glob(f"{UNREADABLE_TIMESTAMP}.*")}
    assert kept == {b"yesterday evening", b"this morning"}


def test_a_time_stays_where_it_is(submission):
    (submission / TIMESTAMP).write_text("2026-11-30 10:00:00 UTC\n", encoding="utf-8")
    unreadable_times.set_aside([submission])
    assert time_for_formgrader(submission).hour == 10
    assert not (submission / UNREADABLE_TIMESTAMP).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_gets_another_name_too(submission, make):
    make(submission / TIMESTAMP)
    unreadable_times.set_aside([submission])
    assert time_for_formgrader(submission) is None


def test_a_linked_submission_is_left_alone(submission, tmp_path):
    (submission / TIMESTAMP).write_bytes(b"yesterday evening")
    link = tmp_path / "link"
    link.symlink_to(submission, target_is_directory=True)
    unreadable_times.set_aside([link])
    assert (submission / TIMESTAMP).is_file()
