"""What one student submitted for one unit."""

from dataclasses import dataclass, field


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
        When it was collected, as nbgrader's timestamp.txt has it.
    notes : tuple of str
        What was unusual about the files, for the student.
    """

    student: str
    unit: str
    content: bytes | None
    sha256: str
    files: dict = field(repr=False)
    timestamp: str | None = None
    notes: tuple = ()
