"""Unpacks what a learning platform or a student has zipped, within limits: sizes, numbers of files, nesting, paths.

Nothing is written here, and no size that an archive states about itself is trusted: reading stops at the limit. That
needs a method of compression that `zipfile` unpacks piece by piece. It unpacks others at once, so that a kilobyte can
become gigabytes of memory.
"""

import contextlib
import io
import posixpath
import re
import stat
import unicodedata
import zipfile
from dataclasses import dataclass, field
from typing import NamedTuple

from tlcourse.grading.submissions import reading
from tlcourse.grading.submissions.submitted_files import LARGEST_FILES, LITTER, LONGEST_NAME, LONGEST_PATH, printed

DEEPEST = 3  # archives in archives: the platform's, the student's, and one more
MOST_FILES = 2_000  # of one student
MOST_BYTES = LARGEST_FILES + reading.LARGEST_NOTEBOOK  # of one student, unpacked
MOST_MEMBERS = 200_000  # of a platform's archive, which has the files of all students
MOST_READ = 8 * MOST_BYTES  # of one student, unpacked, with the files that are left out because they are too large
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of compression
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1
OTHER_ENCODINGS = ("cp850", "cp1252")  # of names that programs on Windows write without saying so
OTHER_ARCHIVES = (".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz")


class PackedFile(NamedTuple):
    """A file that was unpacked: its path with slashes, its content, and when it was last changed, by the archive."""

    name: str
    content: bytes
    changed: tuple


@dataclass
class Allowance:
    """What one student may still unpack, and what was left out.

    `unread` is how many bytes may still be unpacked, kept or not: also a file that is left out takes time.
    """

    files: int = MOST_FILES
    size: int = MOST_BYTES
    unread: int = MOST_READ
    problems: list = field(default_factory=list)

    def leave_out(self, name, reason):
        """Name a file that is left out."""
        self.problems.append(f"{printed(name) or 'A file'} was left out: {reason}.")


class BadArchive(ValueError):  # noqa: N818
    """A file is not an archive that can be unpacked; the message gives the reason."""


def open_archive(source):
    """A zip file, open.

    Parameters
    ----------
    source : path or bytes

    Raises
    ------
    BadArchive
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except OSError:
        raise
    except Exception as error:  # of a damaged archive, zipfile has errors of half a dozen kinds
        raise BadArchive(f"it is not a zip file ({error})") from None
    if len(archive.infolist()) > MOST_MEMBERS:
        raise BadArchive(f"it has {len(archive.infolist()):,} files, and at most {MOST_MEMBERS:,} are allowed")
    return archive


def member_name(info):
    """The path of a member of an archive, with slashes and composed letters; older programs mark no encoding."""
    name = info.filename
    if not info.flag_bits & UTF8_FLAG:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def other_readings(info):
    """The paths that a member of an archive could have if another encoding was meant; none for one that is marked."""
    if info.flag_bits & UTF8_FLAG or info.filename.isascii():
        return []
    readings = []
    for encoding in OTHER_ENCODINGS:
        with contextlib.suppress(UnicodeError):
            name = info.filename.encode("cp437").decode(encoding)
            readings.append(unicodedata.normalize("NFC", name.replace("\\", "/")))
    return readings


def unpack(archive, allowance, level=1, members=None):
    """The files of an archive, and those of archives in it, at most `DEEPEST` levels.

    Parameters
    ----------
    archive : zipfile.ZipFile
    allowance : Allowance
        What is used up is subtracted; what is left out is named there.
    level : int
        1 for an archive that is in no other.
    members : list of (zipfile.ZipInfo, str), optional
        Only these, under these names; all of them under their own, by default.

    Returns
    -------
    list of PackedFile
    """
    chosen = [(info, member_name(info)) for info in archive.infolist()] if members is None else members
    files = []
    for info, name in chosen:
        if name.endswith("/") or is_litter(name):
            continue
        content = _read(archive, info, name, allowance)
        if content is None:
            continue
        if name.casefold().endswith(".zip") and level < DEEPEST:
            files += _unpack_inner(name, content, allowance, level)
            continue
        if name.casefold().endswith((".zip", *OTHER_ARCHIVES)):
            allowance.problems.append(
                f"{printed(name)} was not unpacked: ask for the notebook itself, or for a zip file."
            )
        files.append(PackedFile(name, content, info.date_time))
    return files


def _read(archive, info, name, allowance):
    """The content of a member, or None where it is left out."""
    if reason := _objection(info, name):
        allowance.leave_out(name, reason)
        return None
    if allowance.files < 1:
        allowance.leave_out(name, f"a student may submit at most {MOST_FILES:,} files")
        return None
    most = min(allowance.size, allowance.unread)
    try:
        with archive.open(info) as opened:
            content = opened.read(most + 1)
    except Exception as error:  # zlib has errors of its own
        allowance.leave_out(name, f"it cannot be unpacked ({type(error).__name__})")
        return None
    allowance.unread = max(0, allowance.unread - len(content))
    if len(content) > most:
        allowance.leave_out(name, f"a student may submit at most {MOST_BYTES >> 20} MB in all")
        return None
    allowance.files, allowance.size = allowance.files - 1, allowance.size - len(content)
    return content


def _objection(info, name):
    """Why a member must not be unpacked, or None."""
    parts = name.split("/")
    if not name:
        return "it has no name"
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name) or "\0" in name:
        return "its path leads out of the archive"
    if len(name.encode(errors="replace")) > LONGEST_PATH or any(
        len(part.encode(errors="replace")) > LONGEST_NAME for part in parts
    ):
        return "its path is too long"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "it is a link or a device, not a file"
    if info.flag_bits & ENCRYPTED_FLAG:
        return "it is encrypted"
    if info.compress_type not in METHODS:
        return "it is compressed in an unusual way, so ask for an ordinary zip file"
    return None


def _unpack_inner(name, content, allowance, level):
    """The files of an archive in an archive, in a folder of its name."""
    try:
        with open_archive(content) as inner:
            allowance.size += len(content)  # the packed file is not kept
            files = unpack(inner, allowance, level + 1)
    except BadArchive as error:
        allowance.leave_out(name, str(error))
        return []
    place = name[: -len(".zip")]
    return [file._replace(name=posixpath.join(place, file.name)) for file in files]


def is_litter(name):
    """Whether a program left a file behind that no notebook reads."""
    parts = name.split("/")
    return bool(LITTER & set(parts)) or parts[-1].startswith("._")
