"""Submissions in the wrong place are named with path and remedy, and only for the units that they can be of."""

import os

import nbformat
import pytest

from tlcourse.grading.submissions import discover, misplaced, reading

UNIT, OTHER = "01_tiny", "02_other"
NOTEBOOK = nbformat.writes(nbformat.v4.new_notebook()).encode()


def put(folder, *names):
    for name in names:
        file = folder / "submitted" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"PK" if misplaced.submitted_files.is_archive(name) else NOTEBOOK)


def misplaced_in(folder, **options):
    """What is misplaced: (path, remedy) by student."""
    by_student = misplaced.find(folder / "submitted", UNIT, {OTHER}, **options)
    return {student: [tuple(file) for file in files] for student, files in by_student.items()}


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("ann/01_tiny.ipynb", "move it to"),
        ("ann/homework.ipynb", "move it to"),
        ("ann/01_tiny.ipynb.txt", "move it to"),
        ("ann/01_tiny.json", "move it to"),
        ("ann/01_tiny", "move it to"),
        ("ann/01_TINY/01_tiny.ipynb", "move it to"),
        ("ann/01 Tiny (1)/my work.ipynb", "move it to"),
        ("ann/attempt/two/01_tiny/01_tiny.ipynb", "move it to"),
        ("ann/01_tiny.zip", "unpack it into"),
        ("ann/Homework.TAR.GZ", "unpack it into"),
    ],
)
def test_a_notebook_outside_the_units_folder_is_named_with_the_remedy(tmp_path, name, remedy):
    put(tmp_path, name)
    assert misplaced_in(tmp_path) == {"ann": [(f"submitted/{name}", f"{remedy} submitted/ann/01_tiny/")]}


def test_files_that_belong_to_nobody_are_named(tmp_path):
    put(tmp_path, "01_tiny.ipynb", "class.zip", "01_tiny/ann/homework.ipynb")
    remedies = {path: remedy for path, remedy in misplaced_in(tmp_path)[misplaced.NOBODY]}
    assert remedies == {
        "submitted/01_tiny.ipynb": "move it to submitted/STUDENT/01_tiny/",
        "submitted/class.zip": "unpack it into submitted/STUDENT/01_tiny/",
        "submitted/01_tiny/ann/homework.ipynb": "move it to submitted/STUDENT/01_tiny/",
    }


def test_what_is_of_another_unit_or_no_notebook_is_not_named(tmp_path):
    put(tmp_path, "ann/02_other/02_other.ipynb", "ann/02_other.ipynb", "ann/unit 02-other.zip", "bob/.hidden/a.ipynb")
    put(tmp_path, "bob/.ipynb_checkpoints/a.ipynb", "cy/01_tiny/01_tiny.ipynb", "dan/a.ipynb")
    put(tmp_path, "02_other/ann/homework.ipynb")
    (tmp_path / "submitted" / "cy" / "essay.pdf").write_bytes(b"%PDF")
    (tmp_path / "submitted" / "cy" / "table.json").write_text("{}")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "submitted" / "cy" / "pipe.json")
    assert misplaced_in(tmp_path, skipped={"dan"}) == {}
    assert misplaced.find(tmp_path / "none", UNIT, {OTHER}) == {}


def test_a_folder_that_cannot_be_read_is_named_and_costs_no_other_student(tmp_path, monkeypatch):
    put(tmp_path, "ann/a.ipynb", "bob/b.ipynb")
    scandir = os.scandir

    def fails(path):
        if str(path).endswith("ann"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(misplaced.Path, "iterdir", lambda path: [misplaced.Path(entry) for entry in fails(path)])
    assert misplaced_in(tmp_path) == {
        "ann": [("submitted/ann", "make it readable (Permission denied)")],
        "bob": [("submitted/bob/b.ipynb", "move it to submitted/bob/01_tiny/")],
    }


def test_an_archive_in_the_units_folder_is_flagged(tmp_path):
    put(tmp_path, "ann/01_tiny/work.zip")
    submission = discover.read_submission(tmp_path / "submitted" / "ann" / UNIT, "ann", UNIT)
    assert submission.content is None
    assert submission.notes == ("The folder has work.zip.",)
    (flag,) = submission.flags
    assert (flag["kind"], flag["evidence"]) == (
        "misplaced",
        "work.zip may contain the notebook: unpack it in this folder",
    )
    with pytest.raises(reading.Unreadable, match="is a ZIP archive; unpack it"):
        reading.read(b"PK\x03\x04 01_tiny.ipynb")
