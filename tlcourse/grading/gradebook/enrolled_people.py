"""The people of a course, from its roster or from the gradebook, and when they submitted."""

import datetime
from dataclasses import dataclass

from tlcourse.grading.model.course_file import read_course_file
from tlcourse.grading.model.roster import course_roster
from tlcourse.grading.model.table_file import read_table
from tlcourse.grading.submissions import submission_time


@dataclass(frozen=True)
class EnrolledPerson:
    """A row of an export; both ids are nbgrader's `lms_user_id` if the course has no roster."""

    id: str
    first_name: str
    last_name: str
    email: str
    canvas_id: str
    moodle_id: str


def as_person(student):
    """The `EnrolledPerson` of a student of the roster, or of the gradebook."""
    ids = [getattr(student, name, getattr(student, "lms_user_id", "")) for name in ("canvas_id", "moodle_id")]
    return EnrolledPerson(student.id, student.first_name, student.last_name, student.email, *ids)


def course_people(course):
    """The people to whom submissions can belong: the rows of the roster, else those of the gradebook."""
    if roster := course_roster(course.folder):
        return list(roster.students.values())
    with course.gradebook() as book:
        return [as_person(student) for student in book.students]


def read_times(course, file):
    """When each student submitted, from a CSV file with the columns id (or canvas_id, moodle_id or email) and time.

    A time without a zone is in the time zone of the course.

    Returns
    -------
    dict of str to datetime.datetime
        In UTC, by student.

    Raises
    ------
    ValueError
        If a column is missing, or a time is none; the message lists the accepted forms.
    """
    settings = read_course_file(course.folder)
    zone = settings.timezone if settings else datetime.UTC
    columns, rows = read_table(file)
    column = next((name for name in ("id", "canvas_id", "moodle_id", "email") if name in columns), None)
    if column is None or "time" not in columns:
        raise ValueError(f"{file} needs a column time, and one of id, canvas_id, moodle_id and email")
    ids = {getattr(person, column): person.id for person in course_people(course)}
    times = {}
    for line, row in rows:
        person, time = row[column].strip(), row["time"].strip()
        if not time:
            continue
        try:
            times[ids.get(person, person)] = submission_time.parse(time, zone)
        except ValueError as error:
            raise ValueError(f"line {line} of {file}: {error}") from None
    return times
