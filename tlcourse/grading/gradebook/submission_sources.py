"""Where submissions are collected from: a platform's zip file, a folder, the wrong depth of the course's own folder."""

import functools
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tlcourse.grading.submissions import archives, discover, misplaced
from tlcourse.grading.submissions.archives import BadArchive, PackedFile
from tlcourse.grading.submissions.submitted_files import find


class Part(NamedTuple):
    """A file of a source: its path there, a function that returns what it holds, and the file itself if it has one.

    `other_names` are the paths that are meant if the archive has another encoding. The function takes the path at its
    owner's and an `Allowance`; it returns several files for a zip file.
    """

    name: str
    read: Callable
    file: Path | None = None
    other_names: tuple = ()


def archive_parts(source):
    """The parts of a platform's archive."""
    try:
        archive = archives.open_archive(source)
    except BadArchive as error:
        raise BadArchive(f"{source}: {error}") from None
    for info in archive.infolist():
        name = archives.member_name(info)
        if not name.endswith("/") and not archives.is_litter(name):
            yield Part(
                name,
                functools.partial(_unpack_member, archive, info),
                other_names=tuple(archives.other_readings(info)),
            )


def _unpack_member(archive, info, inner, allowance):
    return archives.unpack(archive, allowance, 1, [(info, inner)])


def folder_parts(source):
    """The parts of a folder; a zip file in it is unpacked like one in a platform's archive."""
    return [Part(file.name, functools.partial(_read_file, file), file.path) for file in find(source)[0]]


def misplaced_parts(course, unit):
    """The parts of the course's own folder of submissions that are packed, or that are not where nbgrader looks."""
    base = course.paths.submitted_folder()
    parts = folder_parts(base) if base.is_dir() else []
    return [part._replace(name=name) for part in parts if (name := _owned_name(course, unit, part))]


def _owned_name(course, unit, part):
    """The path of a misplaced file, with its owner's folder first; None for a file at its place or of another unit."""
    *folders, file = part.name.split("/")
    packed = file.casefold().endswith(".zip")
    if folders[1:2] == [unit]:  # the right place
        there = discover.find_notebook(course.paths.submission_folder(folders[0], unit), unit)[0]
        return f"{folders[0]}/{file}" if packed and there is None else None
    if folders[:1] == [unit]:
        return part.name.partition("/")[2]
    if folders[1:2] and folders[1] in course.paths.units():
        return None
    return part.name if is_version(part.name, unit) or (packed and misplaced.names(part.name, unit)) else None


def _read_file(file, inner, allowance):
    changed = tuple(zipfile.ZipInfo.from_file(file.path, strict_timestamps=False).date_time)
    if inner.casefold().endswith(".zip"):
        try:
            with archives.open_archive(file.path) as archive:
                files = archives.unpack(archive, allowance, 2)
        except BadArchive as error:
            allowance.leave_out(inner, str(error))
            return []
        return [packed._replace(name=f"{inner[: -len('.zip')]}/{packed.name}") for packed in files]
    if file.size > allowance.size or allowance.files < 1:
        allowance.leave_out(
            inner, f"a student may submit at most {archives.MOST_BYTES >> 20} MB in {archives.MOST_FILES:,} files"
        )
        return []
    allowance.size, allowance.files = allowance.size - file.size, allowance.files - 1
    return [PackedFile(inner, file.path.read_bytes(), changed)]


def is_version(name, unit):
    """Whether a file is a notebook of this unit by its name, such as 01_unit-2.ipynb or Copy of 01_unit (1).ipynb."""
    file = PurePosixPath(name)
    return file.suffix.casefold() == ".ipynb" and misplaced.names(file.stem, unit)
