"""Keeps nbgrader's gradebook in step with course.toml and the roster: people, due dates, late penalties.

A changed date changes the penalties without grading anything again. Without course.toml, dates and people are those
that nbgrader has, and penalties follow the dates that someone enters in formgrader.
"""

import datetime

import sqlalchemy
from nbgrader.api import MissingEntry, SubmittedAssignment, SubmittedNotebook

from tlcourse.grading.gradebook._nbgrader import late_plugin
from tlcourse.grading.gradebook.late_policies import DAY, days_begun, days_used_before, seconds_late
from tlcourse.grading.gradebook.storage_errors import retry_while_locked
from tlcourse.grading.model.course_file import read_course_file
from tlcourse.grading.model.roster import course_roster
from tlcourse.grading.submissions.misplaced import NOBODY


def update_gradebook(course):
    """Bring people, due dates and penalties of all units in the gradebook up to date.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse

    Raises
    ------
    ValueError
        If course.toml, the roster or the penalty plug-in in nbgrader_config.py is wrong.
    """
    settings, roster = read_course_file(course.folder), course_roster(course.folder)

    def update():
        with course.gradebook() as book:
            update_people(book, roster)
            update_dates(book, settings)
            update_penalties(book, course.config, settings, roster)
            book.db.commit()

    retry_while_locked(update)


def update_people(book, roster):
    """Enter the roster's students, with their names and addresses; nobody is removed, so that no mark is lost."""
    present = {student.id: student for student in book.students}
    for student in roster.students.values() if roster else ():
        person = {"first_name": student.first_name, "last_name": student.last_name, "email": student.email}
        if student.id not in present:
            if student.status == "active":
                book.add_student(student.id, **person)
            continue
        for name, value in person.items():
            if value and getattr(present[student.id], name) != value:
                setattr(present[student.id], name, value)


def update_dates(book, settings):
    """Give every unit the due date that course.toml has, as nbgrader keeps it: in UTC, without a zone."""
    for unit in book.assignments if settings else ():
        due = settings.unit(unit.name).due
        in_utc = due.astimezone(datetime.UTC).replace(tzinfo=None) if due else None
        if unit.duedate != in_utc:
            unit.duedate = in_utc


def update_penalties(book, config, settings=None, roster=None):
    """Compute the penalty of every submission that has one, or that could have one, from the present dates."""
    for unit in book.assignments:
        plugin = None
        for submission in late_or_penalized(book, unit):
            if settings is None and (unit.duedate is None or submission.timestamp is None):
                continue  # whoever entered a penalty by hand keeps it
            late = seconds_late(submission, settings, roster)
            for notebook in submission.notebooks:
                if late and plugin is None:
                    plugin = late_plugin(config, book, unit.name)
                _set_penalty(notebook, _penalty(plugin, submission, notebook, late) if late else None)


def late_or_penalized(book, unit):
    """The submissions of a unit that came after the due date, or that have a penalty; all others are not even read."""
    late = SubmittedAssignment.timestamp > unit.duedate if unit.duedate else sqlalchemy.false()
    penalized = SubmittedNotebook.late_submission_penalty > 0
    query = book.db.query(SubmittedAssignment).join(
        SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id
    )
    return query.filter(SubmittedAssignment.assignment_id == unit.id, sqlalchemy.or_(late, penalized)).distinct().all()


def _penalty(plugin, submission, notebook, late):
    points = plugin.late_submission_penalty(submission.student.id, notebook.score, late)
    return None if points is None else min(max(0.0, points), notebook.score)


def _set_penalty(notebook, points):
    if (notebook.late_submission_penalty or 0.0) != (points or 0.0):
        notebook.late_submission_penalty = points


def lateness(course, unit):
    """How many seconds each student's submission of a unit is late, by student; those who are on time are left out."""
    settings, roster = read_course_file(course.folder), course_roster(course.folder)
    with course.gradebook() as book:
        try:
            rows = late_or_penalized(book, book.find_assignment(unit))
        except MissingEntry:
            return {}
        late = {row.student_id: seconds_late(row, settings, roster) for row in rows}
    return {student: seconds for student, seconds in late.items() if seconds}


def format_lateness(seconds):
    """A time span as the days that have begun, and exactly, in the two largest units: "2 days (1 d 3 h)"; "" for none.

    The days are those of ``days_late`` in grades.csv, and those that a late policy counts.
    """
    if not seconds:
        return ""
    days, parts, rest = days_begun(seconds), [], max(60, round(seconds))
    for size, name in ((DAY, "d"), (3600, "h"), (60, "min")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    return f"{days} day{'' if days == 1 else 's'} ({' '.join(parts[:2])})"


def grace_days_used(course, unit):
    """How many grace days each late submission of a unit has used, by student; {} if the course has none."""
    settings, roster = read_course_file(course.folder), course_roster(course.folder)
    with course.gradebook() as book:
        try:
            return grace_days(book, book.find_assignment(unit), settings, roster)
        except MissingEntry:
            return {}


def grace_days(book, unit, settings=None, roster=None):
    """The same for a unit of an open gradebook.

    Parameters
    ----------
    book : nbgrader.api.Gradebook
    unit : nbgrader.api.Assignment
    settings : tlcourse.grading.model.course_file.CourseSettings, optional
    roster : tlcourse.grading.model.roster.Roster, optional
    """
    if settings is None or settings.late.policy != "grace days":
        return {}
    used = {}
    for row in late_or_penalized(book, unit):
        before = days_used_before(book, unit.name, row.student_id, settings, roster)
        days = min(max(0.0, settings.late.grace_days - before), days_begun(seconds_late(row, settings, roster)))
        if days:
            used[row.student_id] = days
    return used


def remarks(course, unit, students):
    """What the instructor should know of people: who is not enrolled, who joined after the unit was due.

    Returns
    -------
    dict of str to str
        By student; those of whom there is nothing to say are left out.
    """
    settings = read_course_file(course.folder)
    roster = course_roster(course.folder, settings)
    if roster is None:
        return {}
    due = settings.unit(unit).due
    sentences = {name: roster.problem(name) for name in students if name != NOBODY}
    for name in sentences:
        if not sentences[name] and roster.joined_late(name, due):
            day = roster.get(name).joined
            sentences[name] = f"Joined on {day}, after this unit was due: nothing is late or overdue."
    return {name: sentence for name, sentence in sentences.items() if sentence}
