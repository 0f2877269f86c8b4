"""The shape of the package: a helper package that a student can read, short files and functions, names used once."""

import ast
import collections
import json
import subprocess
import sys
import tomllib

import pytest
from conftest import ROOT, in_time

PACKAGE = ROOT / "tlcourse"
FILES = sorted(PACKAGE.rglob("*.py"))
MACHINERY = {"research", "building", "grading", "commands", "samples", "notebooks.py", "__main__.py"}
HELPERS = [file for file in FILES if file.relative_to(PACKAGE).parts[0] not in MACHINERY]  # what units import
# What the check cells need: data and properties of answers, which nobody has to read to understand a unit.
CHECKING = {"checks.py", "exercises", "model_description.py", "model_outputs.py", "replaced_names.py"}
# The limits grow with the course: the second number is for each unit beyond the first eight (00 to 07).
HELPER_LINES, CHECKING_LINES, FIRST_UNITS = (6_500, 720), (2_000, 200), 8
FILE_LINES, FUNCTION_LINES = 300, 29
SLOW_TO_IMPORT = {"keras", "pooch", "requests", "tenacity", "tensorflow"}


def lines(file):
    """How many lines a file has."""
    return len(file.read_text(encoding="utf-8").splitlines())


def name(file):
    """A file's path within the repository."""
    return file.relative_to(ROOT).as_posix()


def is_for_checks(file):
    """Whether only check cells need a helper module."""
    part = file.relative_to(PACKAGE).parts[0]
    return part in CHECKING or part.endswith("_checks.py")


def test_the_helper_package_stays_small():
    # No unit imports own_photos. Spark is an extra of unit 11; the unit runs without it.
    imported = [file for file in HELPERS if "own_photos" not in file.parts and not file.stem.startswith("spark_")]
    for_checks = [file for file in imported if is_for_checks(file)]
    more_units = len(list((ROOT / "solutions").glob("*.py"))) - FIRST_UNITS
    for files, (base, per_unit) in ((set(imported) - set(for_checks), HELPER_LINES), (for_checks, CHECKING_LINES)):
        total, limit = sum(map(lines, files)), base + per_unit * more_units
        assert total <= limit, (
            f"{len(files)} modules have {total} lines: move machinery, data or duplicates out, see the largest with "
            "`wc -l`; do not make the code denser"
        )


def test_no_file_is_long():
    long = {name(file): lines(file) for file in FILES if lines(file) > FILE_LINES}
    assert not long, f"more than {FILE_LINES} lines: split by ideas"


def test_the_contract_for_the_helper_package_lists_every_helper_module():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    listed = next(entry for entry in contracts if entry["name"] == "What units import does not know the machinery")
    helpers = {f"tlcourse.{file.relative_to(PACKAGE).parts[0].removesuffix('.py')}" for file in HELPERS}
    assert set(listed["source_modules"]) == helpers - {"tlcourse.__init__"}


def length(function):
    """Lines of a function from its first statement to its last, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("file", FILES, ids=name)
def test_functions_have_under_30_lines(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {function.name: length(function) for function in functions if length(function) > FUNCTION_LINES}
    assert not long


def repeated(places):
    """Of a dictionary of names and places, those with more than one place."""
    return {key: sorted(where) for key, where in places.items() if len(where) > 1}


def test_no_two_modules_share_a_name():
    modules = collections.defaultdict(list)
    for file in FILES:
        if file.stem not in ("__init__", "__main__"):
            modules[file.stem].append(name(file))
    assert not repeated(modules)


def test_no_two_public_classes_share_a_name():
    classes = collections.defaultdict(list)
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                classes[node.name].append(name(file))
    assert not repeated(classes)


def imported(module):
    """Seconds that importing a module takes in a fresh process, and the modules that are loaded then."""
    code = (
        "import time; start = time.perf_counter(); "
        f"import {module}; seconds = time.perf_counter() - start; "
        "import json, sys; print(json.dumps([seconds, list(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    seconds, modules = json.loads(done.stdout)
    return seconds, set(modules)


@pytest.mark.speed
def test_importing_the_course_takes_no_time():
    in_time(min(imported("tlcourse")[0] for _ in range(3)), 0.2, "s")


def test_importing_the_course_brings_nothing_large():
    assert not imported("tlcourse")[1] & {*SLOW_TO_IMPORT, "numpy"}


@pytest.mark.parametrize("module", ["checks", "data", "datasets.photos", "plots", "stats", "storage", "teachers"])
def test_what_is_slow_to_import_is_left_for_when_it_is_needed(module):
    assert not imported(f"tlcourse.{module}")[1] & SLOW_TO_IMPORT
