"""The table of other teachers has each contrast with each teacher, and the spread of the means."""

import json

import numpy as np
import pytest

from tlcourse.building import teacher_table
from tlcourse.stats import summary

KEYS = ("first", "second", "third", "shipped")  # of the record, in the order of the table
CHECK = '  {{ shows = "{0}: gain", record = "other_teachers", value = "{1}.tuned - {1}.frozen" }},\n'


@pytest.fixture
def course(tmp_path):
    """A folder with claims, and a record in which the teachers gain 0.1, 0.2, 0.3 and 0.4."""
    (tmp_path / "data" / "results").mkdir(parents=True)
    gains = dict(zip(KEYS, (0.1, 0.2, 0.3, 0.4), strict=True))
    noise = np.array([0.0, 0.01, 0.02, 0.0, 0.05])
    record = {
        name: {"frozen": summary(0.5 + noise), "tuned": summary(0.5 + noise + gain)} for name, gain in gains.items()
    }
    write_claims(tmp_path, dict(zip(teacher_table.TEACHERS, KEYS, strict=True)))
    (tmp_path / "data" / "results" / "other_teachers.json").write_text(json.dumps(record))
    return tmp_path


def write_claims(root, teachers):
    text = f'[C19]\nclaim = "x"\nchecks = [\n{"".join(CHECK.format(*pair) for pair in teachers.items())}]\n'
    (root / "data" / "claims.toml").write_text(text)


def test_each_teacher_has_its_own_interval_and_the_spread_is_that_of_the_means(course):
    *_, row, _, sentence = teacher_table.table(course).splitlines()
    assert sentence == "The four means have the same sign in 1 of 1 rows."
    _, claim, contrast, *cells, spread, _ = (cell.strip() for cell in row.split("|"))
    assert (claim, contrast, spread) == ("C19", "gain", f"{np.std([1, 2, 3, 4], ddof=1) / 10:.3f}")
    assert cells[1] == "+0.200 (+0.200 to +0.200)"


def test_a_contrast_that_lacks_a_teacher_is_an_error(course):
    write_claims(course, {teacher_table.TEACHERS[1]: "second"})
    with pytest.raises(ValueError, match="'gain' for the first other teacher"):
        teacher_table.table(course)


def test_a_check_that_names_no_teacher_is_an_error(course):
    write_claims(course, {"a fourth teacher": "shipped"})
    with pytest.raises(ValueError, match="should begin with one of the first other teacher"):
        teacher_table.table(course)


def test_without_a_record_the_table_is_a_sentence(course):
    (course / "data" / "results" / "other_teachers.json").unlink()
    assert teacher_table.table(course) == "The record `other_teachers` has not been measured yet."
