"""Returns feedback: one zip file for each student, messages ready to send, or nbgrader's exchange."""

import email.message
import email.policy
import email.utils
import glob
import logging
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from tlcourse.grading.gradebook.course_sync import format_lateness, lateness, update_gradebook
from tlcourse.grading.gradebook.enrolled_people import course_people
from tlcourse.grading.gradebook.exports import format_points
from tlcourse.grading.model.roster import course_roster

FOLDER = "feedback_to_return"  # of a course


@dataclass
class Returned:
    """What was written, and who gets nothing for which reason.

    Parameters
    ----------
    folder : pathlib.Path
    files : list of pathlib.Path
    problems : dict of str to str
        A reason by student.
    """

    folder: Path
    files: list = field(default_factory=list)
    problems: dict = field(default_factory=dict)


def generate(course, unit):
    """Have nbgrader write the feedback pages of a unit again, with the present marks and penalties.

    Raises
    ------
    ValueError
        If nothing of the unit has been graded.
    """
    graded = Path(course.coursedir.format_path(course.coursedir.autograded_directory, "*", unit))
    if not glob.glob(str(graded)):
        raise ValueError(f"no submission of {unit} is graded in {course.folder}: run `tlcourse grade {unit}` first")
    update_gradebook(course)
    log = logging.getLogger("tlcourse.feedback")
    coursedir = CourseDirectory(
        config=course.config, root=str(course.folder), assignment_id=unit, student_id="*", log=log
    )
    converter = GenerateFeedback(coursedir=coursedir, config=course.config, log=log)
    converter.force = True  # without it, nbgrader keeps the pages of before
    converter.start()


def write_zips(course, unit):
    """Write feedback_to_return/UNIT/zips/STUDENT.zip for each student with feedback.

    Returns
    -------
    Returned
    """
    returned = _new_folder(course, unit, "zips")
    for student, page in _pages(course, unit, returned).items():
        file = returned.folder / f"{student}.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(page, page.name)
        returned.files.append(file)
    return returned


def write_messages(course, unit, sender):
    """Write feedback_to_return/UNIT/mail/STUDENT.eml for each student with feedback and an address.

    A mail program opens such a file as a draft; nothing is sent.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit : str
    sender : str
        An address.

    Returns
    -------
    Returned

    Raises
    ------
    ValueError
        If `sender` is no address.
    """
    require_address(sender)
    returned, people = _new_folder(course, unit, "mail"), {person.id: person for person in course_people(course)}
    marks, late = _marks(course, unit), lateness(course, unit)
    for student, page in _pages(course, unit, returned).items():
        person = people.get(student)
        if person is None or not _is_address(person.email or ""):
            address = person.email if person and person.email else "none"
            returned.problems[student] = f"no e-mail address (the roster has {address}): correct the roster"
            continue
        text = _text(unit, person, marks.get(student), late.get(student))
        message = _message(course.coursedir.course_id, unit, sender, person, text)
        message.add_attachment(page.read_bytes(), maintype="text", subtype="html", filename=page.name)
        file = returned.folder / f"{student}.eml"
        file.write_bytes(message.as_bytes())
        returned.files.append(file)
    return returned


def _new_folder(course, unit, kind):
    folder = course.folder / FOLDER / unit / kind
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Returned(folder)


def _pages(course, unit, returned):
    """The feedback page of each student who may get it; the others are named in `returned`."""
    roster = course_roster(course.folder)
    base = Path(course.coursedir.root, course.coursedir.feedback_directory)
    pattern = course.paths.feedback_file("*", unit).relative_to(base)
    pages = {page.relative_to(base).parts[0]: page for page in sorted(base.glob(pattern.as_posix()))}
    for student in list(pages):
        if roster and (problem := roster.problem(student)):
            returned.problems[student] = problem.partition(",")[0].rstrip(".")
            del pages[student]
    return pages


def require_address(text):
    """Raise an error for what is no e-mail address.

    Raises
    ------
    ValueError
    """
    if not _is_address(text):
        raise ValueError(f"{text!r} is not an e-mail address: enter yours, for example --sender teacher@school.example")


def _is_address(text):
    name, _, host = email.utils.parseaddr(text)[1].partition("@")
    return bool(name and host and text.isprintable())


def _message(course_id, unit, sender, person, text):
    message = email.message.EmailMessage(email.policy.SMTP)
    message["From"], message["To"] = (
        sender,
        email.utils.formataddr((" ".join(filter(None, [person.first_name, person.last_name])), person.email)),
    )
    message["Subject"] = f"[{course_id}] Feedback on {unit}"
    message["X-Unsent"] = "1"  # a mail program opens it for editing
    message.set_content(text)
    return message


def _text(unit, person, mark, late):
    lines = [
        f"Hello {person.first_name or person.id},",
        "",
        f"the attached page has the feedback on your submission of {unit}.",
    ]
    if mark:
        points, highest, penalty, waiting = mark
        lines += ["", f"Your points: {format_points(points)} of {format_points(highest)}"]
        if waiting:
            lines[-1] += " so far. A written answer is not marked yet."
        if late:
            lines.append(f"Late by {format_lateness(late)}: {format_points(penalty)} points were taken off.")
    return "\n".join(lines) + "\n"


def _marks(course, unit):
    """(points less the penalty, maximum, penalty, whether something waits to be marked) by student."""
    with course.gradebook() as book:
        return {
            row.student.id: (
                max(0.0, row.score - (row.late_submission_penalty or 0.0)),
                row.max_score,
                row.late_submission_penalty or 0.0,
                bool(row.needs_manual_grade),
            )
            for row in book.assignment_submissions(unit)
        }
