"""Zip files of platforms and of students: unpacked within limits, and what is left out is named."""

import io
import stat
import zipfile

import pytest

from tlcourse.grading.submissions import archives
from tlcourse.grading.submissions.archives import Allowance, BadArchive, open_archive, unpack


def zipped(files, **options):
    """A zip file of texts, of bytes, and of `zipfile.ZipInfo` for odd members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpacked(content, allowance=None):
    """Contents by name, and what was left out."""
    allowance = allowance or Allowance()
    with open_archive(content) as archive:
        return {file.name: file.content for file in unpack(archive, allowance)}, allowance.problems


def test_files_come_out_and_litter_does_not():
    files, problems = unpacked(
        zipped({"a/unit.ipynb": "{}", "__MACOSX/a/._unit.ipynb": "x", "a/.DS_Store": "x", "b/": ""})
    )
    assert (files, problems) == ({"a/unit.ipynb": b"{}"}, [])


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:/windows/x", "..\\..\\x", "\\x"])
def test_a_path_that_leads_out_is_left_out(name):
    files, problems = unpacked(zipped({name: "x", "unit.ipynb": "{}"}))
    assert files == {"unit.ipynb": b"{}"}
    assert "its path leads out of the archive" in problems[0]


def test_links_encrypted_and_damaged_files_are_left_out():
    link = zipfile.ZipInfo("unit.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    files, problems = unpacked(zipped({link: "/etc/passwd"}))
    assert (files, len(problems)) == ({}, 1)
    assert "a link or a device" in problems[0]
    content = bytearray(zipped({"unit.ipynb": "{}" * 100}))
    encrypted = bytearray(content)
    encrypted[6] |= 1
    encrypted[content.index(b"PK\x01\x02") + 8] |= 1
    assert "it is encrypted" in unpacked(bytes(encrypted))[1][0]
    start = 30 + len("unit.ipynb")
    content[start : start + 4] = b"\xff\xff\xff\xff"
    assert "it cannot be unpacked" in unpacked(bytes(content))[1][0]


def test_sizes_and_numbers_are_bounded_whatever_the_archive_states():
    bomb = zipped({"big.bin": bytes(3 << 20), "unit.ipynb": "{}"})
    assert len(bomb) < 10_000
    files, problems = unpacked(bomb, Allowance(size=1 << 20))
    assert list(files) == ["unit.ipynb"]
    assert "a student may submit" in problems[0]
    many, problems = unpacked(zipped({f"{number}.txt": "x" for number in range(9)}), Allowance(files=5))
    assert (len(many), len(problems)) == (5, 4)


def test_archives_in_archives_are_unpacked_three_levels_deep():
    content = zipped({"unit.ipynb": "{}"})
    for name in ("third.zip", "second.zip"):
        content = zipped({name: content})
    files, problems = unpacked(content)
    assert (list(files), problems) == (["second/third/unit.ipynb"], [])
    files, problems = unpacked(zipped({"first.zip": content}))
    assert list(files) == ["first/second/third.zip"]
    assert "was not unpacked" in problems[0]


def test_what_is_no_zip_file_is_named(monkeypatch):
    files, problems = unpacked(zipped({"a.zip": "PK nothing", "b.rar": "Rar!", "unit.ipynb": "{}"}))
    assert sorted(files) == ["b.rar", "unit.ipynb"]
    assert "a.zip was left out: it is not a zip file" in problems[0]
    assert "b.rar was not unpacked: ask for the notebook itself" in problems[1]
    with pytest.raises(BadArchive, match="not a zip file"):
        open_archive(b"<html>")
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    with pytest.raises(BadArchive, match="at most 2 are allowed"):
        open_archive(zipped({f"{number}.txt": "x" for number in range(3)}))


def test_names_without_a_stated_encoding_are_read_as_utf_8():
    raw = zipped({"grxxxxe.csv": "1"}).replace(b"grxxxxe.csv", "größe.csv".encode())
    assert list(unpacked(raw)[0]) == ["größe.csv"]
