"""A year is kept without names, and compared with the next one."""

import pytest

from tlcourse.grading.reporting import item_statistics
from tlcourse.storage import write_json

UNIT = "01_tiny"
FIRST = {"double": {"max_score": 4, "rows": [0, 1, 2, 1]}, "old": {"max_score": 1, "rows": [1, 1, 0, 1]}}
SECOND = {"double": {"max_score": 2, "rows": [2, 1, 2, None]}, "new": {"max_score": 3, "rows": [3, 3, 3, 3]}}


@pytest.fixture
def folder(built_course):
    """A course with one archived year."""
    write_json(built_course / "archive" / "2026" / "items" / f"{UNIT}.json", FIRST)
    return built_course


def test_an_exercise_is_compared_by_its_share_of_the_points():
    rows = {name: (items, change) for name, items, change in item_statistics.comparison({"a": FIRST, "b": SECOND})}
    assert list(rows) == ["double", "old", "new"]
    items, change = rows["double"]
    assert (items["a"].share, items["a"].attempts) == (0.25, 4)
    assert (items["b"].share, items["b"].attempts) == (pytest.approx(5 / 6), 3)
    # Welch: shares 0, .25, .5, .25 and 1, .5, 1; variances .04167 and .08333, so the standard error is .1954,
    # df = .0382^2 / (.01042^2 / 3 + .02778^2 / 2) = 3.45 and t(.975, 3.45) = 2.96
    assert change == pytest.approx((0.5833, 0.005, 1.162), abs=0.01)
    assert rows["old"][1] is None
    assert list(rows["new"][0]) == ["b"]


def test_the_table_shows_every_year(capsys):
    item_statistics.print_comparison(UNIT, {"2026": FIRST, "now": SECOND})
    printed = " ".join(capsys.readouterr().out.split())
    assert "25% of 4 (n = 4)" in printed
    assert "83% of 2 (n = 3)" in printed


def test_one_year_cannot_be_compared(folder):
    with pytest.raises(ValueError, match=r"graded in 1 year\(s\) \(2026\): two are needed"):
        item_statistics.years(folder, UNIT)
    write_json(folder / "archive" / "2027" / "items" / f"{UNIT}.json", SECOND)
    assert list(item_statistics.years(folder, UNIT)) == ["2026", "2027"]
