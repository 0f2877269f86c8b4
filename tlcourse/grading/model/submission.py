"""What one student submitted for one unit."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath


@dataclass(frozen=True)
class KeptGrading:
    """What an earlier grading of the same submission is still good for.

    Parameters
    ----------
    verdicts : dict
        By grade_id, of the checks that have not changed since: {"outcome", "message", "seconds"}.
    outputs : dict
        What cells show, by grade_id or source: {"outputs", "execution_count"}.
    flags : list of dict
        As a `Result` has them.
    """

    verdicts: dict
    outputs: dict = field(repr=False)
    flags: list


@dataclass(frozen=True)
class Submission:
    """One submission; plain data, so that it can be sent to another machine.

    Parameters
    ----------
    student, unit : str
    content : bytes or None
        Of the notebook; None where there is none.
    sha256 : str
        Of everything that was submitted.
    files : dict of str to bytes
        The other files of the submission, by relative path.
    timestamp : str or None
        When it was collected, in UTC, as nbgrader reads it; None where that is not known.
    notes : tuple of str
        What was unusual about the files, for the student.
    flags : tuple of dict
        The same for the instructor, as a `Result` has them.
    kept : KeptGrading or None
        Of an earlier grading, where only some checks have to run.
    """

    student: str
    unit: str
    content: bytes | None
    sha256: str
    files: dict = field(repr=False)
    timestamp: str | None = None
    notes: tuple = ()
    flags: tuple = ()
    kept: KeptGrading | None = None

    @property
    def size(self):
        """The bytes of the notebook and of the other files."""
        return len(self.content or b"") + sum(map(len, self.files.values()))

    def files_beside(self, released):
        """What lies beside the notebook when it runs: the unit's files, and the student's in the place of some.

        Parameters
        ----------
        released : dict of str to bytes

        Returns
        -------
        dict of str to bytes
            Without files of the student's that have the name of a released folder, or are in a folder that has the name
            of a released file.
        """
        folders = {parent.as_posix() for name in released for parent in PurePosixPath(name).parents}
        kept = {
            name: content
            for name, content in self.files.items()
            if name not in folders and not any(parent.as_posix() in released for parent in PurePosixPath(name).parents)
        }
        return released | kept
