"""Which checks count as changed: those whose marks may differ, and no others."""

import dataclasses

import pytest

from tlcourse.grading.engine.changed_checks import check_digests, with_needed_checks

OWNERS = ("test_double", "test_double_negative", "test_triple")


def changed(assignment, edit, **fields):
    """The checks that have another digest after `edit` was called with a copy of each cell."""
    cells = [dict(cell, nbgrader=dict(cell["nbgrader"])) for cell in assignment.cells]
    for cell in cells:
        edit(cell)
    other = dataclasses.replace(assignment, cells=cells, **fields)
    before, after = check_digests(assignment), check_digests(other)
    return {name for name in before if before[name] != after[name]}


def append(line, name=None, tag=None):
    """An edit that adds a line to the cell with this grade_id or tag."""

    def edit(cell):
        if (name and cell["grade_id"] == name) or (tag and tag in cell["tags"]):
            cell["source"], cell["full"] = f"{cell['source']}\n{line}", f"{cell['full']}\n{line}"

    return edit


def test_only_the_check_that_was_edited_has_changed(assignment):
    assert tuple(check_digests(assignment)) == OWNERS
    assert changed(assignment, append("assert double(7) == 14", "test_double")) == {"test_double"}


def test_texts_points_and_stubs_change_no_check(assignment):
    def edit(cell):
        if cell["nbgrader"].get("grade"):
            cell["nbgrader"]["points"] = 9
        if cell["cell_type"] == "markdown":
            cell["source"] = cell["full"] = "Other words."
        if cell["nbgrader"].get("solution") and cell["cell_type"] == "code":
            cell["source"] = cell["full"] = cell["source"].replace("Twice the", "Two times the")

    assert changed(assignment, edit) == set()


@pytest.mark.parametrize("fields", [{"seed": "1"}, {"files": {"data.csv": b"1"}}])
def test_what_all_checks_share_changes_all(assignment, fields):
    assert changed(assignment, lambda cell: None, **fields) == set(OWNERS)


def test_the_setup_changes_all(assignment):
    assert changed(assignment, append("import math", tag="setup")) == set(OWNERS)


def test_a_helper_of_another_check_changes_those_that_use_it(assignment):
    helper = "def twice(n):\n    return factor * n\nfactor = 2"

    def define(text):
        def edit(cell):
            append(text, "test_double")(cell)
            append("assert triple(2) != twice(2)", "test_triple")(cell)

        return edit

    cells = [dict(cell) for cell in assignment.cells]
    for cell in cells:
        define(helper)(cell)
    unit = dataclasses.replace(assignment, cells=cells)
    for text in ("n + n", "factor *  n  # as before"):
        edit = lambda cell, text=text: cell.update(full=cell["full"].replace("factor * n", text))  # noqa: E731
        assert changed(unit, edit) == ({"test_double", "test_triple"} if text == "n + n" else {"test_double"})
    edit = lambda cell: cell.update(full=cell["full"].replace("factor = 2", "factor = 3"))  # noqa: E731
    assert changed(unit, edit) == {"test_double", "test_triple"}


def test_a_check_whose_values_are_used_runs_too(assignment):
    cells = [dict(cell) for cell in assignment.cells]
    for cell in cells:
        append("trained = double(4)", "test_double")(cell)
        append("assert triple(trained) == 24", "test_triple")(cell)
    unit = dataclasses.replace(assignment, cells=cells)
    assert with_needed_checks({"test_triple"}, unit) == {"test_double", "test_triple"}
    assert with_needed_checks({"test_triple"}, assignment) == {"test_triple"}
    assert with_needed_checks({"test_double"}, unit) == {"test_double"}


def test_what_checks_call_in_the_same_module_does_not_connect_them(assignment):
    """As in the units, where each check records its visible cases and draws the inputs of its hidden tests."""
    cells = [dict(cell) for cell in assignment.cells]
    for cell in cells:
        for name in ("double", "triple"):
            lines = (
                "from tlcourse.building import visible_cases\n"
                f"expected = {name}\n"
                f"visible_cases.record('{name}', [(2,)], expected)\n"
                f"def drawn(rng):\n    return {name}(rng.integers(9))\n"
                "with progress.exercise('double'):\n    rng = checks.grading_rng('double')\n    drawn(rng)"
            )
            append(lines, f"test_{name}")(cell)
    unit = dataclasses.replace(assignment, cells=cells)
    edit = lambda cell: (  # noqa: E731
        cell.update(full=f"{cell['full']}\n    drawn(rng)") if cell["grade_id"] == "test_triple" else None
    )
    assert changed(unit, edit) == {"test_triple"}
    assert with_needed_checks({"test_triple"}, unit) == {"test_triple"}
