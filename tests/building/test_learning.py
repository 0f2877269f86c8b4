"""The page for students lists the files of the helper package that each unit uses."""

import ast
import re

from conftest import ROOT

PACKAGE = ROOT / "tlcourse"
IN_MOST_UNITS = {"checks.py", "data.py", "stats.py", "plots", "widgets", "teachers"}


def part(module):
    """The file of a module, or its folder: of `datasets` the dataset, elsewhere the folder below tlcourse."""
    depth = 2 if module.startswith("datasets.") else 1
    path = "/".join(module.split(".")[:depth])
    return path if (PACKAGE / path).is_dir() else f"{path}.py"


def used(unit):
    """The parts of the helper package that a unit imports."""
    parts = set()
    for node in ast.walk(ast.parse(unit.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tlcourse":
            package = node.module.partition(".")[2]
            modules = [f"{package}.{alias.name}".strip(".") for alias in node.names]
            parts |= {part(module) for module in modules}
    return parts - IN_MOST_UNITS


def test_the_table_of_files_holds_what_each_unit_imports():
    page = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
    listed = {number: set(re.findall("`(.+?)`", files)) for number, files in re.findall(r"\| (\d\d) \| (.+) \|", page)}
    units = sorted((ROOT / "solutions").glob("[0-9]*.py"))
    assert listed == {unit.name[:2]: used(unit) for unit in units}
