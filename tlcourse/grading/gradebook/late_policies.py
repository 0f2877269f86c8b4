"""What a late submission loses, as plug-ins of nbgrader: ``c.AssignLatePenalties.plugin_class``.

nbgrader_config.py names `CoursePolicy`, which takes the policy from course.toml. The other plug-ins can be named there
themselves, with their settings, for example ``c.PercentPerDay.percent = 20``. A day begins with the first second after
the due date.
"""

import math
from typing import NamedTuple

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float

from tlcourse.grading.gradebook._nbgrader import penalized_submission
from tlcourse.grading.model.course_file import read_course_file
from tlcourse.grading.model.roster import course_roster

DAY = 86_400  # seconds


def days_begun(seconds_late):
    """How many days after the due date have begun: 1 for a second, 2 for a day and a second."""
    return math.ceil(max(0.0, seconds_late) / DAY)


class NoPenalty(LateSubmissionPlugin):
    """A late submission loses nothing."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """The points that a submission loses, as nbgrader asks for them."""
        return 0.0


class ZeroIfLate(LateSubmissionPlugin):
    """A late submission loses all points."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """The points that a submission loses, as nbgrader asks for them."""
        return score if total_seconds_late > 0 else 0.0


class PercentPerDay(LateSubmissionPlugin):
    """A late submission loses a share of its points for each day that has begun."""

    percent = Float(10, min=0, max=100, help="Percent of the submission's points, for each day begun.").tag(config=True)

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """The points that a submission loses, as nbgrader asks for them."""
        return share_lost(score, days_begun(total_seconds_late), self.percent)


class GraceDays(LateSubmissionPlugin):
    """Each student has a number of late days for the whole course; each further day costs a share of the points.

    The unit that is due first uses the days first, whatever is submitted or graded first.
    """

    days = Float(3, min=0, help="Late days of a student in all units together.").tag(config=True)
    percent = Float(10, min=0, max=100, help="Percent of the submission's points, for each further day.").tag(
        config=True
    )

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """The points that a submission loses, as nbgrader asks for them."""
        book, unit = penalized_submission(self)
        folder = CourseDirectory(config=self.config).root
        settings = read_course_file(folder)
        used = days_used_before(book, unit, student_id, settings, course_roster(folder, settings))
        left = max(0.0, self.days - used)
        return share_lost(score, max(0.0, days_begun(total_seconds_late) - left), self.percent)


class CoursePolicy(LateSubmissionPlugin):
    """The policy of the course's course.toml; without that file, nbgrader's ``c.LateSubmissionPlugin`` decides."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """The points that a submission loses, as nbgrader asks for them."""
        settings = read_course_file(CourseDirectory(config=self.config).root)
        if settings is None:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        plugin = policy_plugin(settings.late, self.parent)
        return plugin.late_submission_penalty(student_id, score, total_seconds_late)


def policy_plugin(late, parent=None):
    """The plug-in of a policy in course.toml.

    Parameters
    ----------
    late : tlcourse.grading.model.course_file.LateSettings
    parent : traitlets.config.Configurable, optional
        nbgrader's step that asks the plug-in.
    """
    if late.policy == "percent per day":
        return PercentPerDay(parent=parent, percent=late.percent)
    if late.policy == "grace days":
        return GraceDays(parent=parent, days=late.grace_days, percent=late.percent)
    return {"none": NoPenalty, "zero": ZeroIfLate}[late.policy](parent=parent)


def share_lost(score, days, percent):
    """The points that a number of days costs: never more than there are."""
    return score * min(1.0, days * percent / 100)


def seconds_late(submission, settings=None, roster=None):
    """How late a submission of nbgrader's is; 0 for a student who joined the course after the unit was due."""
    if submission.assignment.duedate is None:
        return 0.0
    due = settings.unit(submission.assignment.name).due if settings else None
    if roster and roster.joined_late(submission.student.id, due):
        return 0.0
    return float(submission.total_seconds_late)


class DueUnit(NamedTuple):
    """When a unit is due, and how late a student was; in the order in which units use grace days."""

    due: object
    name: str
    days_late: int


def days_used_before(book, unit, student, settings=None, roster=None):
    """How many late days a student used in the units that are due before this one."""
    units = sorted(
        DueUnit(
            submission.assignment.duedate,
            submission.assignment.name,
            days_begun(seconds_late(submission, settings, roster)),
        )
        for submission in book.student_submissions(student)
        if submission.assignment.duedate is not None
    )
    this = next((entry for entry in units if entry.name == unit), None)
    return sum(entry.days_late for entry in units if this is not None and entry < this)
