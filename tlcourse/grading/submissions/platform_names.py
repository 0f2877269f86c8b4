"""Whose file is this? The names that Moodle, Canvas and people give to files and folders of submissions.

Moodle: ``First Last_12345_assignsubmission_file_/FILE``, or the same without the slash. The number is the participant's
in this assignment and means nothing elsewhere, so the name decides. Canvas: ``lastfirst_LATE_USER_SUBMISSION_FILE``,
where USER is the number in the column ID of its gradebook, and FILE ends in ``-1``, ``-2`` ... when it is submitted
again. All others: a folder or a file that begins with the student's id.
"""

import re
import unicodedata
from typing import NamedTuple

MOODLE = re.compile(r"(?P<name>[^/]+?)_\d+_assignsubmission_[a-z]+_?(?P<inner>/.*|[^/]*(?:/.*)?)", re.DOTALL)
CANVAS = re.compile(r"(?P<name>[^/_]+)_(?P<late>LATE_|late_)?(?P<user>\d+)_\d+_(?P<inner>[^/]+)")
PLAIN = re.compile(r"(?P<name>[^/]+?)(?P<inner>/.*|\.[A-Za-z0-9.]+)", re.DOTALL)


class Owner(NamedTuple):
    """Who submitted a file: the student's id, or None; the name that the source has; the rest of the path."""

    student: str | None
    label: str
    inner: str
    marked_late: bool = False


class OwnerFinder:
    """Finds the student to whom a file belongs.

    Parameters
    ----------
    students : iterable
        With `id`, `first_name`, `last_name`, `canvas_id`: the rows of a roster, or of the gradebook.
    """

    def __init__(self, students):
        students = list(students)
        self.ids = {student.id for student in students}
        self.by_canvas_id = {student.canvas_id: student.id for student in students if student.canvas_id}
        self.by_name = {}
        for student in students:
            names = (student.first_name or "", student.last_name or "")
            for key in {simplified("".join(names)), simplified("".join(reversed(names)))} - {""}:
                self.by_name.setdefault(key, set()).add(student.id)

    def owner(self, path):
        """The `Owner` of a file at a relative path of a platform's archive, or of a folder of submissions."""
        if match := MOODLE.fullmatch(path):
            return Owner(self._by_name(match["name"]), match["name"], match["inner"].lstrip("/"))
        if match := CANVAS.fullmatch(path):
            student = self.by_canvas_id.get(match["user"]) or self._by_name(match["name"])
            return Owner(student, f"{match['name']}_{match['user']}", match["inner"], bool(match["late"]))
        label = path.split("/")[0]
        match = PLAIN.fullmatch(path)
        inner = match["inner"].lstrip("/") if match and match["inner"].startswith("/") else path
        return Owner(self._by_id(label), label, inner)

    def _by_name(self, name):
        """The only student with a name, or None."""
        students = self.by_name.get(simplified(name), ())
        return next(iter(students)) if len(students) == 1 else None

    def _by_id(self, label):
        """The student whose id a folder or a file has for its name, or begins with."""
        fits = [name for name in self.ids if label == name or re.match(rf"{re.escape(name)}[._\s-]", label)]
        return max(fits, key=len, default=None) or self._by_name(label.partition(".")[0])


def simplified(name):
    """A person's name without case, accents, spaces and punctuation, as Canvas puts it in front of a file's name."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
