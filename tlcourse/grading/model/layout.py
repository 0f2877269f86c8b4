"""Where this course keeps what belongs to a unit: paths only, as its nbgrader_config.py names the folders.

Grading and reports ask `tlcourse.grading.gradebook.course.NbgraderCourse` instead: there, folders can be configured.
"""

from pathlib import Path

SHIPPED_PLAN = "grading_plan.json"


def solution_file(folder, unit):
    """The solved notebook of a unit."""
    return Path(folder, "solutions", unit, f"{unit}.ipynb")


def shipped_plan_file(folder, unit):
    """What came with a unit's solutions: how each of its checks can be graded."""
    return Path(folder, "solutions", unit, SHIPPED_PLAN)


def cached_plan_file(folder, unit):
    """The same, where it was found out in the course itself."""
    return Path(folder, "grading_records", unit, ".plan.json")


def release_file(folder, unit):
    """The student's notebook of a unit."""
    return Path(folder, "notebooks", unit, f"{unit}.ipynb")


def submitted_file(folder, student, unit):
    """Where nbgrader looks for a student's submission."""
    return Path(folder, "submitted", student, unit, f"{unit}.ipynb")


def feedback_file(folder, student, unit):
    """The page that ``nbgrader generate_feedback`` writes for a student."""
    return Path(folder, "feedback", student, unit, f"{unit}.html")
