"""The secret seed of a unit's hidden tests."""

import shutil

import pytest
from conftest import ROOT

from tlcourse.grading.gradebook import batch, seeds, storage_errors
from tlcourse.grading.gradebook.course import NbgraderCourse

UNIT = "01_tiny"


@pytest.fixture(autouse=True)
def no_seed_in_the_environment(monkeypatch):
    monkeypatch.delenv("TLCOURSE_GRADING_SEED", raising=False)


def test_a_unit_keeps_its_seed_and_others_have_another(tmp_path):
    first = seeds.unit_seed(tmp_path, UNIT)
    assert seeds.unit_seed(tmp_path, UNIT) == first
    drawn = {seeds.unit_seed(tmp_path / course, unit) for course in "ab" for unit in (UNIT, "02_other")}
    assert len(drawn | {first}) == 5
    assert "0" not in drawn
    assert [path.name for path in (tmp_path / "grading_records" / UNIT).iterdir()] == [seeds.SEED_FILE]


def test_another_seed_only_comes_when_it_is_asked_for(tmp_path):
    first = seeds.unit_seed(tmp_path, UNIT)
    seeds.draw_new_seed(tmp_path, UNIT)
    assert seeds.unit_seed(tmp_path, UNIT) != first


def test_raises_if_a_new_seed_is_asked_for_where_another_one_is_fixed(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"c\.GradingLimits\.seed = '7' in nbgrader_config\.py fixes the seed"):
        seeds.draw_new_seed(tmp_path, UNIT, "7")
    monkeypatch.setenv("TLCOURSE_GRADING_SEED", "8")
    with pytest.raises(ValueError, match="TLCOURSE_GRADING_SEED fixes the seed: unset it"):
        seeds.draw_new_seed(tmp_path, UNIT)
    assert not (tmp_path / "grading_records").exists()


def test_the_environment_and_the_configuration_come_first(tmp_path, monkeypatch):
    assert seeds.unit_seed(tmp_path, UNIT, "7") == "7"
    monkeypatch.setenv("TLCOURSE_GRADING_SEED", "8")
    assert seeds.unit_seed(tmp_path, UNIT, "7") == "8"
    assert not (tmp_path / "grading_records").exists()


def test_a_file_without_a_seed_is_named(tmp_path):
    seeds.unit_seed(tmp_path, UNIT)
    file = tmp_path / "grading_records" / UNIT / seeds.SEED_FILE
    file.write_text("spring\n")
    with pytest.raises(ValueError, match=r"seed.txt is 'spring': set it to a whole number"):
        seeds.unit_seed(tmp_path, UNIT)


def test_a_grading_that_runs_keeps_its_seed(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    seed = seeds.unit_seed(tmp_path, UNIT)
    with (
        batch.grading_lock(NbgraderCourse(tmp_path)),
        pytest.raises(storage_errors.GradebookLocked, match=r"another grading of .* is running"),
    ):
        batch.grade(tmp_path, UNIT, unsafe=True, progress=False, new_seed=True)
    assert seeds.unit_seed(tmp_path, UNIT) == seed
