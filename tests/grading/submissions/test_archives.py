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


def test_a_file_without_a_name_costs_no_other_file_anything():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        nameless = zipfile.ZipInfo("x")
        archive.writestr(nameless, "x")
        nameless.filename = ""  # in the directory at the end of the archive
        archive.writestr("unit.ipynb", "{}")
    files, problems = unpacked(zipped({"inner.zip": buffer.getvalue(), "b.txt": "b"}))
    assert files == {"inner/unit.ipynb": b"{}", "b.txt": b"b"}
    assert problems == ["A file was left out: it has no name."]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_is_unpacked_at_once_is_left_out(method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("big.bin", bytes(3 << 20), method)
        archive.writestr("unit.ipynb", "{}")
    files, problems = unpacked(buffer.getvalue(), Allowance(size=1 << 20))
    assert files == {"unit.ipynb": b"{}"}
    assert problems == ["big.bin was left out: it is compressed in an unusual way, so ask for an ordinary zip file."]


def test_files_that_are_too_large_are_not_unpacked_without_end(monkeypatch):
    read, unpacked_bytes = zipfile.ZipExtFile.read, []

    def counted(file, number):
        content = read(file, number)
        unpacked_bytes.append(len(content))
        return content

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    bomb = zipped({"unit.ipynb": "{}"} | {f"{number}.bin": bytes(2 << 20) for number in range(60)})
    files, problems = unpacked(bomb, Allowance(size=1 << 20, unread=8 << 20))
    assert (list(files), len(problems)) == (["unit.ipynb"], 60)
    assert sum(unpacked_bytes) < 9 << 20


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
