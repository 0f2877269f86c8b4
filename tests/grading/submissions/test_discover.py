"""What lies in a student's folder: the notebook under whatever name, the files that it gets, what is left out."""

import os
import sys
import time
import unicodedata

import nbformat
import pytest
from conftest import in_time

from tlcourse.grading.model.submission import Submission
from tlcourse.grading.submissions import reading, submitted_files
from tlcourse.grading.submissions.discover import find_notebook, read_submission

UNIT = "unit"
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has such names")


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


def put(folder, files):
    """Write files; None makes a folder."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir() if content is None else target.write_bytes(content)
    return read_submission(folder, "ann", UNIT)


def test_a_corrected_timestamp_is_another_submission(tmp_path):
    """Its late penalty may differ, so the old mark is out of date."""
    (tmp_path / "unit.ipynb").write_text("{}")
    without = read_submission(tmp_path, "ann", UNIT)
    assert without.timestamp is None
    digests = [without.sha256]
    for text in ("2027-01-01 12:00:00 CET\n", "2027-01-02 12:00:00 CET\n"):
        (tmp_path / "timestamp.txt").write_text(text)
        dated = read_submission(tmp_path, "ann", UNIT)
        assert (dated.timestamp, dated.files) == (text.replace("12:00:00 CET\n", "11:00:00.000000 UTC"), {})
        digests.append(dated.sha256)
    assert len(set(digests)) == 3
    (tmp_path / "timestamp.txt").write_text("2027-01-02 12:00:00 CET\n\n")
    assert read_submission(tmp_path, "ann", UNIT).sha256 == digests[-1]


def test_a_time_in_words_costs_nothing_but_the_penalty(tmp_path):
    submission = put(tmp_path, {"unit.ipynb": b"{}", "timestamp.txt": b"yesterday evening"})
    assert (submission.content, submission.timestamp) == (b"{}", None)
    assert "no late penalty was computed" in submission.notes[0]
    assert [flag["kind"] for flag in submission.flags] == ["timestamp"]
    assert (
        "'yesterday evening' is not a time in a known format: write it as 2027-01-31" in submission.flags[0]["evidence"]
    )


@pytest.mark.parametrize(
    ("files", "called"),
    [
        (("unit (1).ipynb",), "unit (1).ipynb"),
        (("UNIT.IPYNB",), "UNIT.IPYNB"),
        (("unit.ipynb.txt",), "unit.ipynb.txt"),
        (("unit.json",), "unit.json"),
        (("unit",), "unit"),
        (("unit.ipynb.json", "other.json"), "unit.ipynb.json"),
        (("a/b/c/unit.ipynb", "a/b/c/d/unit.ipynb"), "a/b/c/unit.ipynb"),
        (("notes.ipynb", "handed/unit.ipynb"), "handed/unit.ipynb"),
        (("unit.ipynb/unit.ipynb",), "unit.ipynb/unit.ipynb"),
        (("unit-final.ipynb", "._unit.ipynb", "__MACOSX/._unit.ipynb"), "unit-final.ipynb"),
        (("unit-final.ipynb", ".venv/share/unit.ipynb"), "unit-final.ipynb"),
    ],
)
def test_the_notebook_is_found_under_another_name_and_named(tmp_path, files, called):
    submission = put(tmp_path, dict.fromkeys(files, notebook("1")))
    assert submission.content == notebook("1")
    assert f"The notebook was submitted as {called} instead of unit.ipynb." in submission.notes
    assert find_notebook(tmp_path, UNIT)[0] == tmp_path / called


def test_an_editors_suffix_and_encoding_hide_no_notebook(tmp_path):
    submission = put(tmp_path, {"unit.ipynb.txt": notebook("größe = 1").decode().encode("utf-16")})
    assert reading.read(submission.content).cells[0].source == "größe = 1"


@pytest.mark.parametrize(
    ("files", "note"),
    [
        ({"answers.zip": b"PK", "report.pdf": b"%PDF"}, "The folder has answers.zip, report.pdf."),
        ({"data.json": b'{"cells": []}', "list.json": b"[1]"}, "The folder has data.json, list.json."),
        ({"unit.ipynb/notes.txt": b"x"}, "The folder has unit.ipynb/notes.txt."),
        ({f"{number}.txt": b"" for number in range(9)}, "The folder has 0.txt, 1.txt, 2.txt, 3.txt, 4.txt, …."),
        ({"unit.ipynb": None}, None),
    ],
)
def test_what_lies_there_instead_of_a_notebook_is_named(tmp_path, files, note):
    submission = put(tmp_path, files)
    assert submission.content is None
    assert submission.notes == ((note,) if note else ())


def test_files_are_beside_the_notebook_however_deep_it_lies(tmp_path):
    files = {"home/unit.ipynb": b"{}", "home/helper.py": b"x", "home/data/a.csv": b"1", "readme.txt": b"r"}
    files["home/timestamp.txt"] = b"mine"
    assert put(tmp_path, files).files == {"data/a.csv": b"1", "helper.py": b"x", "readme.txt": b"r"}


@LINUX
def test_names_are_those_that_the_notebook_writes(tmp_path):
    """Latin-1 from an old archive, and letters apart from their accents from macOS."""
    put(tmp_path, {"unit.ipynb": notebook("open('größe.csv')"), unicodedata.normalize("NFD", "maß/höhe.csv"): b"1"})
    (tmp_path / os.fsdecode("größe.csv".encode("latin-1"))).write_bytes(b"2")
    submission = read_submission(tmp_path, "ann", UNIT)
    assert submission.files == {"größe.csv": b"2", "maß/höhe.csv": b"1"}
    assert submission.notes == ()


@LINUX
def test_a_name_that_cannot_be_printed_or_is_too_long_does_no_harm(tmp_path):
    deep = "/".join(["d" * 90] * 12)
    latin = os.fsdecode(("ü" * 200).encode("latin-1"))  # 400 bytes in UTF-8
    submission = put(tmp_path, {"unit.ipynb": b"{}", "bell\x07\n": b"1", f"{deep}/x.txt": b"2", latin: b"3"})
    assert submission.files == {"bell\x07\n": b"1"}
    (note,) = submission.notes
    assert note.count("its path is too long") == 2
    assert note.isprintable()


@pytest.mark.parametrize(
    ("files", "kept"),
    [
        ({"inner/unit.ipynb": b"{}", "inner/data": b"1", "data/a.csv": b"2"}, {"data/a.csv"}),
        ({"unit.ipynb": b"{}", "donn\u00e9es": b"1", "donne\u0301es/a.csv": b"2"}, {"donn\u00e9es/a.csv"}),
        ({"inner/unit.ipynb": b"{}", "timestamp.txt": b"", "inner/timestamp.txt/a.csv": b"1"}, set()),
    ],
    ids=["above", "accents", "timestamp"],
)
def test_no_file_has_the_name_of_a_folder_of_others(tmp_path, files, kept):
    """Both could not be written beside the notebook, and nothing would be graded."""
    submission = put(tmp_path, files)
    assert submission.files.keys() == kept
    assert not kept or "a folder has its name" in submission.notes[-1]


def test_data_that_begin_like_a_notebook_take_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_VALUES", 1000)
    submission = put(tmp_path, {"data.json": b'{"cells": [], "nbformat": [' + b"[]," * 2000 + b"[]]}"})
    assert submission.content is None


@LINUX
def test_a_path_longer_than_the_system_takes_is_named(tmp_path):
    put(tmp_path, {"unit.ipynb": b"{}"})
    here, name = os.open(tmp_path, os.O_RDONLY), "d" * 200
    for _ in range(25):  # each relative to its parent
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    submission = read_submission(tmp_path, "ann", UNIT)
    assert submission.content == b"{}"
    assert "File name too long" in submission.notes[0]


def test_files_that_the_notebook_needs_come_first_and_the_others_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(submitted_files, "LARGEST_FILES", 3000)
    sources = (
        "%matplotlib inline\nimport helper",
        "from tools.second import f",
        "open('my data (1).csv')",
        "glob('*.tsv')",
    )
    files = {"a_video.mp4": 2500, "b.bin": 900, "my data (1).csv": 500, "rows.tsv": 700, "tools/second.py": 100}
    files |= {"tools/third.json": 200, "unused.py": 2000}
    content = {name: b" " * size for name, size in files.items()}
    content |= {"unit.ipynb": notebook(*sources), "helper.py": b"import tools.second\nopen('tools/third.json')"}
    submission = put(tmp_path, content)
    assert list(submission.files) == [
        *("helper.py", "my data (1).csv", "tools/second.py", "tools/third.json", "rows.tsv", "b.bin")
    ]
    (note,) = submission.notes
    assert "Left out: a_video.mp4 (2 kB); unused.py (1 kB). Besides the notebook, a submission may have" in note


def test_a_chain_of_modules_is_followed_some_way_and_not_for_hours(tmp_path, monkeypatch):
    monkeypatch.setattr(submitted_files, "MOST_FILES", 100)
    files = {f"m{number:04}.py": f"import m{number + 1:04}".encode() for number in range(3000)}
    started = time.process_time()
    submission = put(tmp_path, files | {"unit.ipynb": notebook("import m1000")})
    in_time(time.process_time() - started, 5, "s")
    assert {f"m{number:04}.py" for number in range(1000, 1010)} <= submission.files.keys()
    assert len(submission.files) == 100


def test_too_many_files_are_left_out_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(submitted_files, "MOST_FILES", 3)
    files = {f"{number:02}.txt": b"x" for number in range(12)} | {"zz.csv": b"1"}
    submission = put(tmp_path, {"unit.ipynb": notebook("open('zz.csv')"), **files})
    assert list(submission.files) == ["zz.csv", "00.txt", "01.txt"]
    assert "02.txt (1 kB); " in submission.notes[0]
    assert "and 5 more." in submission.notes[0]


def test_what_a_program_leaves_behind_is_neither_read_nor_missed(tmp_path):
    litter = (
        "__MACOSX/._a.csv",
        "__pycache__/a.pyc",
        ".ipynb_checkpoints/unit-checkpoint.ipynb",
        ".DS_Store",
        "._a.csv",
    )
    submission = put(tmp_path, {"unit.ipynb": b"{}", **dict.fromkeys(litter, b"x")})
    assert (submission.files, submission.notes) == ({}, ())


@pytest.mark.parametrize(
    ("released", "submitted", "expected"),
    [
        ({"a.csv": b"1"}, {"a.csv": b"2", "b.csv": b"3"}, {"a.csv": b"2", "b.csv": b"3"}),
        ({"data/a.csv": b"1"}, {"data": b"2"}, {"data/a.csv": b"1"}),
        ({"data": b"1"}, {"data/a.csv": b"2", "data/x/b.csv": b"3"}, {"data": b"1"}),
    ],
)
def test_a_file_never_takes_the_place_of_a_folder_of_the_units(released, submitted, expected):
    assert Submission("ann", UNIT, b"", "", submitted).files_beside(released) == expected
