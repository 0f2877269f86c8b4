"""Returns feedback: one zip file for each student, messages ready to send, or nbgrader's exchange."""

import email.message
import email.policy
import email.utils
import io
import shutil
import unicodedata
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from tlcourse.grading.gradebook.course_sync import format_lateness, lateness
from tlcourse.grading.gradebook.enrolled_people import course_people
from tlcourse.grading.gradebook.exports import format_points
from tlcourse.grading.gradebook.page_writer import reason_of
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
        Why the roster gives a student no feedback, by student.
    failures : dict of str to str
        Why the feedback of a student could not be written, by student.
    """

    folder: Path
    files: list = field(default_factory=list)
    problems: dict = field(default_factory=dict)
    failures: dict = field(default_factory=dict)


def write_zips(course, unit, failures=None):
    """Write feedback_to_return/UNIT/zips/STUDENT.zip for each student with feedback.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit : str
    failures : dict of str to str, optional
        What `page_writer.generate` returned.

    Returns
    -------
    Returned
    """

    def packed(student, page):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(page, page.name)
        return f"{student}.zip", content.getvalue()

    return _write_all(course, unit, "zips", packed, failures)


def write_messages(course, unit, sender, failures=None):
    """Write feedback_to_return/UNIT/mail/STUDENT.eml for each student with feedback and an address.

    A mail program opens such a file as a draft; nothing is sent.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit : str
    sender : str
        An address.
    failures : dict of str to str, optional
        What `page_writer.generate` returned.

    Returns
    -------
    Returned

    Raises
    ------
    ValueError
        If `sender` is no address.
    """
    require_address(sender)
    people = {person.id: person for person in course_people(course)}
    marks, late = _marks(course, unit), lateness(course, unit)

    def addressed(student, page):
        person = people.get(student)
        if person is None or not _is_address(person.email or ""):
            address = person.email if person and person.email else "none"
            raise _NoAddress(f"no e-mail address (the roster has {address}): correct the roster")
        text = _text(unit, person, marks.get(student), late.get(student))
        message = _message(course.coursedir.course_id, unit, sender, person, text)
        message.add_attachment(page.read_bytes(), maintype="text", subtype="html", filename=page.name)
        return f"{student}.eml", message.as_bytes()

    return _write_all(course, unit, "mail", addressed, failures)


class _NoAddress(ValueError):  # noqa: N818
    """The roster has no address of a student."""


def _write_all(course, unit, kind, content, failures):
    """Write a file for each student; one that cannot be written costs no other student theirs.

    The files of before stay until the new ones are complete.

    Parameters
    ----------
    kind : str
        The folder's name.
    content : callable
        Returns the name and the bytes of a student's file, from the student and the page.
    """
    folder = course.folder / FOLDER / unit / kind
    draft, returned = folder.with_name(f".{kind}"), Returned(folder, failures=dict(failures or {}))
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for student, page in _pages(course, unit, returned).items():
        try:
            name, data = content(student, page)
            (draft / name).write_bytes(data)
        except _NoAddress as problem:
            returned.problems[student] = str(problem)
        except Exception as error:
            returned.failures[student] = reason_of(error)
        else:
            returned.files.append(folder / name)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return returned


def _pages(course, unit, returned):
    """The feedback page of each student who may get it; the others are named in `returned`."""
    roster = course_roster(course.folder)
    base = Path(course.coursedir.root, course.coursedir.feedback_directory)
    pattern = course.paths.feedback_file("*", unit).relative_to(base)
    pages = {page.relative_to(base).parts[0]: page for page in sorted(base.glob(pattern.as_posix()))}
    for student in sorted(pages.keys() | returned.failures.keys()):
        if roster and (problem := roster.problem(student)):
            returned.problems[student] = problem.partition(",")[0].rstrip(".")
            returned.failures.pop(student, None)
            pages.pop(student, None)
    return {student: page for student, page in pages.items() if student not in returned.failures}


def require_address(text):
    """Raise an error for what is no e-mail address.

    Raises
    ------
    ValueError
    """
    if not text:
        raise ValueError("--sender is missing: enter your address, for example --sender teacher@school.example")
    if not _is_address(text):
        raise ValueError(f"{text!r} is not an e-mail address: enter yours, for example --sender teacher@school.example")
    _in_ascii(text)  # raises


def _is_address(text):
    name, _, host = email.utils.parseaddr(text)[1].partition("@")
    return bool(name and host and text.isprintable())


def _in_ascii(text):
    """The address in a text, as the header of a message can have it: with the domain in its ASCII form (IDNA).

    Raises
    ------
    ValueError
        If it has no such form.
    """
    name, _, host = email.utils.parseaddr(text)[1].partition("@")
    if not name.isascii():
        raise ValueError(f"no message can be written to {text}: there are letters outside of ASCII before the @")
    if host.isascii():
        return f"{name}@{host}"
    try:
        encoded = host.encode("idna").decode("ascii")
        kept = encoded.encode("ascii").decode("idna") == unicodedata.normalize("NFKC", host).lower()
    except UnicodeError:
        kept = False
    if not kept:  # Python would write ß as ss, which is another domain
        raise ValueError(f"no message can be written to {text}: enter the domain {host} in its ASCII form (xn--...)")
    return f"{name}@{encoded}"


def _message(course_id, unit, sender, person, text):
    message = email.message.EmailMessage(email.policy.SMTP)
    name = " ".join(filter(None, [person.first_name, person.last_name]))
    message["From"] = email.utils.formataddr((email.utils.parseaddr(sender)[0], _in_ascii(sender)))
    message["To"] = email.utils.formataddr((name, _in_ascii(person.email)))
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
