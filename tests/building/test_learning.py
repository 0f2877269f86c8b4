"""The page for students lists the files of the helper package that each unit uses."""

from conftest import ROOT

from tlcourse.building import tables, used_files

UNIT = """
import numpy as np
from tlcourse import checks, data, distillation
from tlcourse.datasets import digits, faces
from tlcourse.domains.adaptation import coral
from tlcourse.networks import small_cnn
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases
### END HIDDEN TESTS
"""


def test_the_files_of_a_unit_are_those_that_it_imports():
    expected = {"distillation.py", "networks.py", "domains", "datasets/digits.py", "datasets/faces"}
    assert used_files.used_files(UNIT) == expected
    assert all((used_files.PACKAGE / file).exists() for file in expected | used_files.IN_MOST_UNITS)


def test_a_new_unit_gets_its_row(tmp_path):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "nbgrader_config.py").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "claims.toml").touch()
    (tmp_path / "solutions" / "07_new.py").write_text(UNIT)
    (tmp_path / "solutions" / "08_plain.py").write_text("from tlcourse import checks")
    page = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
    lines = tables.rendered(page, tmp_path, "docs/learning.md").splitlines()
    assert [line for line in lines if line.startswith("| 0")] == [
        "| 07 | `distillation.py`, `domains`, `networks.py`, `datasets/digits.py`, `datasets/faces` |",
        "| 08 | none |",
    ]
