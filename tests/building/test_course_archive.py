"""Closing a year keeps everything in the archive and starts the next one empty, with new seeds."""

import shutil

import pytest
from conftest import TINY

from tlcourse.building.course_archive import close_year
from tlcourse.grading.model.course_file import read_course_file
from tlcourse.notebooks import write_atomically

UNIT = TINY.stem
HEADER = "id,first_name,last_name,email"


@pytest.fixture
def course(released_course, tmp_path, monkeypatch):
    """A private course after its year: a gradebook, a submission, a seed and a roster."""
    folder = shutil.copytree(released_course, tmp_path / "course")
    write_atomically(folder / "course.toml", '[course]\nid = "ml2026"  # short\n\n[roster]\nfile = "roster.csv"\n')
    write_atomically(folder / "roster.csv", f"{HEADER}\nada,Ada,A,a@example.org\n")
    write_atomically(folder / "grading_records" / UNIT / "seed.txt", "123\n")
    write_atomically(folder / "submitted" / "ada" / UNIT / f"{UNIT}.ipynb", "{}")
    monkeypatch.delenv("TLCOURSE_GRADING_SEED")
    return folder


def test_the_year_moves_and_the_next_one_has_another_seed_and_id(course):
    archive = close_year(course, "2026", "ml2027")
    for name in ("gradebook.db", f"submitted/ada/{UNIT}/{UNIT}.ipynb", "course.toml"):
        assert (archive / name).is_file()
        assert name == "course.toml" or not (course / name).exists()
    assert (archive / "roster.csv").read_text(encoding="utf-8").count("\n") == 2
    assert (course / "roster.csv").read_text(encoding="utf-8") == f"{HEADER}\n"
    assert (archive / "grading_records" / UNIT / "seed.txt").read_text(encoding="utf-8") == "123\n"
    assert "\n123\n" not in (course / "grading_records" / UNIT / "seed.txt").read_text(encoding="utf-8")
    assert read_course_file(course).id == "ml2027"
    assert read_course_file(archive).id == "ml2026"
    assert (course / "notebooks" / UNIT / f"{UNIT}.ipynb").is_file()


def test_the_due_dates_of_the_old_year_do_not_make_the_next_class_late(course):
    settings = course / "course.toml"
    dates = f'\n[units."{UNIT}"]\ndue = "2026-12-07 23:59"  # Monday\n'
    write_atomically(settings, settings.read_text(encoding="utf-8") + dates)
    archive = close_year(course, "2026")
    assert read_course_file(course).unit(UNIT).due is None
    assert '\n# due = "2026-12-07 23:59"  # Monday\n' in settings.read_text(encoding="utf-8")
    assert read_course_file(archive).unit(UNIT).due.year == 2026


def test_a_mistake_moves_nothing(course):
    close_year(course, "2025")
    with pytest.raises(FileNotFoundError, match=r"no gradebook at .*: there is nothing to archive"):
        close_year(course, "2026")
    write_atomically(course / "gradebook.db", "")
    with pytest.raises(FileExistsError, match="2025 already exists: choose another name"):
        close_year(course, "2025")
    with pytest.raises(ValueError, match=r"'\.\./x' cannot be the name of a folder"):
        close_year(course, "../x")
    with pytest.raises(ValueError, match="may have letters, digits"):
        close_year(course, "2026", "ml 2027")
    assert (course / "gradebook.db").is_file()
