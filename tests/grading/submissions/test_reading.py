"""What a submitted file keeps when it is read, normalized and recorded: images, raw cells, metadata."""

import json
import time

import nbformat
import pytest
from conftest import in_time
from tiny_answers import RIGHT

from tlcourse.grading.submissions import reading
from tlcourse.grading.submissions.normalize import read_normalized
from tlcourse.samples import demo_class

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = {"sketch ü.png": {"image/png": PIXEL}}


def read_cell(**facts):
    """A cell of a file with one cell, and whether a notebook may have it."""
    cell = {"cell_type": "markdown", "metadata": {}, "source": "x"} | facts
    (read_back,) = reading.read(json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": [cell]}).encode()).cells
    metadata = {key: value for key, value in read_back.metadata.items() if key != "origin"}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.from_dict({**read_back, "metadata": metadata})])
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()
    return read_back, metadata


def test_images_raw_cells_and_metadata_survive_normalization(assignment, released):
    student = demo_class.fill(released, RIGHT)
    written = next(cell for cell in student.cells if cell.cell_type == "markdown" and "nbgrader" in cell.metadata)
    written.source, written["attachments"] = "![sketch](attachment:sketch%20ü.png)", IMAGE
    raw = nbformat.v4.new_raw_cell("<b>raw</b>", metadata={"format": "text/html"}, attachments=IMAGE)
    slide = nbformat.v4.new_code_cell("1 + 1", metadata={"slideshow": {"slide_type": "skip"}, "mine": [1, {"a": None}]})
    student.cells[3:3] = [raw, slide]
    notebook, notes = read_normalized(nbformat.writes(student).encode(), assignment)
    nbformat.validate(notebook)
    assert notes == []
    read_back = {cell.source: cell for cell in notebook.cells}
    assert read_back[written.source].attachments == read_back[raw.source].attachments == IMAGE
    assert (read_back[raw.source].cell_type, dict(read_back[raw.source].metadata)) == ("raw", {"format": "text/html"})
    assert dict(read_back[slide.source].metadata) == dict(slide.metadata)


@pytest.mark.parametrize(
    ("attachments", "kept"),
    [
        ({"a.png": {"image/png": [PIXEL[:9], PIXEL[9:]]}}, {"a.png": {"image/png": PIXEL}}),
        ({"a.svg": {"image/svg+xml": "PHN2Zz4="}}, {"a.svg": {"image/svg+xml": "PHN2Zz4="}}),
        ({"a.png": {'image/png"onerror="x': PIXEL, "text/html": "PGI+"}}, None),
        ({"a.png": {"image/png": "<script>"}, "b.png": 3, "c.png": {"image/png": None}}, None),
        ("text", None),
    ],
)
def test_only_images_stay_attached(attachments, kept):
    assert read_cell(attachments=attachments)[0].get("attachments") == kept
    assert "attachments" not in read_cell(cell_type="code", attachments=attachments)[0]


def nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ({"collapsed": True, "deletable": "no", "jupyter": {"source_hidden": 1, "outputs_hidden": True}}, None),
        ({"execution": {"x": 1}, "scrolled": "maybe", "transient": {"remove_source": True}, "id": "abc"}, {}),
        ({"deep": nested(250), "flat": nested(9)}, {"flat": nested(9)}),
        ({"half \ud800": {"\udfff": "\ud800"}}, {"half ?": {"?": "?"}}),
        ({"tags": ["a", "a", 1, "a,b", "", "\ud800"], "name": ""}, {"tags": ["a", "?"]}),
        ({"tags": ["a,b"], "name": "\n"}, {}),
    ],
)  # fmt: skip
def test_metadata_that_a_notebook_may_not_have_are_dropped(metadata, kept):
    expected = {"collapsed": True, "jupyter": {"outputs_hidden": True}} if kept is None else kept
    assert read_cell(cell_type="code", metadata=metadata)[1] == expected


def test_of_format_3_what_is_no_cell_is_left_out():
    sheets = [{"cells": None}, {"cells": [1, "x", None, {"cell_type": "code", "input": "y"}]}, {"cells": 5}, 7]
    notebook = reading.read(json.dumps({"nbformat": 3, "worksheets": sheets}).encode())
    assert [cell.source for cell in notebook.cells] == ["y"]


def test_too_many_cells_are_not_read():
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "x"}] * (reading.MOST_CELLS + 1)
    with pytest.raises(reading.Unreadable, match="5,001 cells"):
        reading.read(json.dumps({"nbformat": 4, "cells": cells}).encode())


def test_many_cells_take_no_time(assignment):
    """No sandbox limits what reading costs the grader."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "x"}] * reading.MOST_CELLS
    content = json.dumps({"nbformat": 4, "cells": cells}).encode()
    started = time.process_time()
    read_normalized(content, assignment)
    in_time(time.process_time() - started, 6, "s")


def test_a_first_try_that_was_kept_as_raw_text_is_no_answer(assignment, released):
    student = demo_class.fill(released, RIGHT)
    place = next(place for place, cell in enumerate(student.cells) if cell.id == "double")
    metadata = student.cells[place].metadata
    student.cells.insert(place + 1, nbformat.v4.new_raw_cell("def double(n):\n    return 7", metadata=metadata))
    notebook, notes = read_normalized(nbformat.writes(student).encode(), assignment)
    (answer,) = [cell for cell in notebook.cells if cell.id == "double"]
    assert (answer.cell_type, answer.source, notes) == ("code", RIGHT["double"], [])


@pytest.mark.parametrize(
    ("source", "raised"),
    [
        ("# timing\n%%time\nx = 1", "%%time\n# timing\nx = 1"),
        ("\n# @title A\n\n# b\n%%capture out\nx", "%%capture out\n\n# @title A\n\n# b\nx"),
        ("%%time\n# timing\nx = 1", None),
        ("x = 1\n# c\n%%time", None),
    ],
)
def test_a_cell_magic_below_comments_does_not_lose_its_cell(assignment, released, source, raised):
    student = demo_class.fill(released, RIGHT)
    student.cells.insert(3, nbformat.v4.new_code_cell(source))
    notebook, notes = read_normalized(nbformat.writes(student).encode(), assignment)
    assert (raised or source) in [cell.source for cell in notebook.cells]
    assert bool(notes) == bool(raised)


def test_utf_16_with_a_byte_order_mark_is_read():
    content = json.dumps({"cells": [{"cell_type": "code", "metadata": {}, "source": "größe = 1"}], "nbformat": 4})
    assert reading.read(content.encode("utf-16")).cells[0].source == "größe = 1"


def test_hours_of_code_are_not_read():
    cells = [{"cell_type": "code", "metadata": {}, "source": "x" * 90_000}] * 23
    with pytest.raises(reading.Unreadable, match="its cells have 2,070,000 characters of code"):
        reading.read(json.dumps({"cells": cells, "nbformat": 4}).encode())
    cells[0] = {"cell_type": "code", "metadata": {}, "source": "x" * 30_000_000}  # of which nothing is parsed
    assert len(reading.read(json.dumps({"cells": cells, "nbformat": 4}).encode()).cells) == 23
    cells.append(dict(cells[1]))
    with pytest.raises(reading.Unreadable, match="its cells have 2,070,000 characters of code"):
        reading.read(json.dumps({"cells": cells, "nbformat": 4}).encode())


@pytest.mark.parametrize("answered_in", ["check", "answer"])
def test_a_missing_answer_is_found_in_the_students_own_cells_only(assignment, released, answered_in):
    """The original takes the place of a check, with whatever the student has merged into it."""
    student = demo_class.fill(released, RIGHT)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in student.cells}
    student.cells.remove(cells["double"])
    if answered_in == "check":
        cells["test_double"].source = f"{cells['double'].source}\n\n\n{cells['test_double'].source}"
    else:
        cells["triple"].source = f"{cells['double'].source}\n\n\n{cells['triple'].source}"
    _, notes = read_normalized(nbformat.writes(student).encode(), assignment)
    merged, unanswered = (
        "Cell double was missing; its answer was found in another cell.",
        "Cell double was missing and was restored without an answer.",
    )
    assert (merged in notes, unanswered in notes) == (answered_in == "answer", answered_in == "check")
