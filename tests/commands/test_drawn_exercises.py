"""Exercises drawn at random for a private course."""

import pytest
from click.testing import CliRunner
from conftest import ROOT

from tlcourse.building import unit_sources
from tlcourse.commands import drawn_exercises
from tlcourse.commands.drawn_exercises import exercises_to_drop, varying
from tlcourse.commands.main import main

UNIT = "01_cnn_parameters"


def test_of_each_unit_as_many_stay_as_asked_for():
    units = [UNIT, "02_feature_extraction"]
    dropped = exercises_to_drop(ROOT, units, 3)
    for unit in units:
        assert len(set(varying(ROOT, unit)) - set(dropped)) == 3


@pytest.mark.slow
def test_draws_differ():
    assert len({tuple(exercises_to_drop(ROOT, [UNIT], 3)) for _ in range(40)}) > 1


def test_exercises_with_the_same_inputs_everywhere_stay():
    assert "sorted_cards" not in varying(ROOT, "05_domain_scenarios")
    assert "sorted_cards" not in exercises_to_drop(ROOT, ["05_domain_scenarios"], 1)


def test_what_the_course_drops_is_not_drawn():
    first, *others = varying(ROOT, UNIT)
    for _ in range(10):
        assert exercises_to_drop(ROOT, [UNIT], len(others), dropped=[first]) == []


def test_too_few_exercises_are_named():
    with pytest.raises(ValueError, match="--draw 9: 06_choosing_a_teacher has 2 exercises to draw from: "):
        exercises_to_drop(ROOT, ["06_choosing_a_teacher"], 9)


@pytest.mark.slow
def test_most_of_the_course_can_be_drawn():
    """docs/term.md names the only exercise that cannot."""
    from tlcourse import notebooks

    fixed = []
    for unit in unit_sources.unit_names(ROOT):
        exercises = notebooks.exercises(unit_sources.read(ROOT / "solutions" / f"{unit}.py"))
        fixed += [name for name in exercises if name not in varying(ROOT, unit)]
    assert fixed == ["sorted_cards"]


def test_a_new_course_leaves_out_what_was_drawn(executed_course, tmp_path, monkeypatch):
    """The tiny unit has one exercise that varies; here, a draw keeps one of two."""
    monkeypatch.chdir(executed_course)
    monkeypatch.setattr(drawn_exercises, "varying", lambda root, unit: ["double", "triple"])
    folder = tmp_path / "ml2026"
    outcome = CliRunner().invoke(main, ["new-course", str(folder), "--units", "1", "--id", "ml2026", "--draw", "1"])
    assert outcome.exit_code == 0, outcome.output
    (kept,) = [name for name in ("double", "triple") if f"left out: {name}." not in outcome.output]
    (dropped,) = {"double", "triple"} - {kept}
    assert f'drop = ["{dropped}"]' in (folder / "course.toml").read_text(encoding="utf-8")
    released = (folder / "solutions" / "01_tiny" / "01_tiny.ipynb").read_text(encoding="utf-8")
    assert f"test_{kept}" in released
    assert f"test_{dropped}" not in released
