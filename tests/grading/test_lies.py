"""Marks stay the same when every property and function in the student's process lies."""

import nbformat
import pytest
from conftest import ROOT
from tiny_answers import sandboxed

from tlcourse import notebooks
from tlcourse.grading.engine.grade_submission import grade_submission
from tlcourse.grading.engine.grading_pool import open_sandbox
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.scratch_course import new_course, run_nbgrader
from tlcourse.grading.model.submission import Submission
from tlcourse.samples import demo_class

UNIT = "01_cnn_parameters"
LIES = """
import builtins, json, sys
import keras
import numpy as np
from tlcourse import checks, counting
from tlcourse.grading.sandbox.guest import frame_watch, integrity, wire_objects

agree = lambda *arguments, **keywords: True
for kind in (keras.Model, keras.layers.Layer, keras.Sequential):
    kind.trainable_variables = kind.trainable_weights = property(lambda self: self.weights[-2:])
    kind.trainable = property(lambda self: False, lambda self, value: None)
    kind.count_params = lambda self: 12_545
for module in (np, np.testing):
    for name in ("allclose", "isclose", "array_equal", "assert_allclose", "prod"):
        setattr(module, name, agree)
checks.returns = checks.equal = checks.require = agree
checks.Progress.exercise = agree
counting.parameters = agree
frame_watch.watch = lambda: type("Blind", (), {"arm": agree, "disarm": list})()
integrity.fingerprints = lambda watched, namespace: {}
wire_objects.opaque = agree
progress = checks.Progress({})
"""
GUESSES = """
def trainable_after_freezing(model, transferred):
    frame = (lambda: (yield))().gi_frame
    found = globals().get("expected", vars(sys.modules["__main__"]).get("expected"))
    return 12_545 if found is None else found
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory, full_tier):
    folder = tmp_path_factory.mktemp("lies") / "course"
    new_course(folder, ROOT, [UNIT])
    run_nbgrader(folder, "generate_assignment", UNIT)
    return NbgraderCourse(folder)


def marks(course, answers, first=""):
    """Points by check, and the kinds of flags, of a submission with these answers and a first cell of its own."""
    assignment = course.with_grading_plan(course.assignment(UNIT))
    notebook = demo_class.fill(notebooks.read(course.paths.release_file(UNIT)), answers)
    place = next(n for n, cell in enumerate(notebook.cells) if "setup" in cell.metadata.get("tags", [])) + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell(first))
    submission = Submission("student", UNIT, nbformat.writes(notebook).encode(), "digest", {})
    result = grade_submission(assignment, submission, open_sandbox(assignment.modules))
    return {cell["grade_id"]: cell["score"] for cell in result.cells}, {flag["kind"] for flag in result.flags}


@sandboxed
def test_lies_neither_earn_nor_cost_a_point(course):
    exercises = notebooks.exercises(notebooks.read(course.paths.solution_file(UNIT)))
    right = {name: cell.source for name, (cell, _) in exercises.items()}
    honest, flags = marks(course, right)
    assert (sum(honest.values()), flags) == (18, set())
    guessed, flags = marks(course, right | {"trainable_after_freezing": GUESSES}, LIES)
    assert flags == {"trick"}
    assert {name for name in honest if guessed[name] != honest[name]} == {
        "test_trainable_after_freezing", "test_trainable_after_freezing_model",
    }  # fmt: skip
    assert sum(guessed.values()) == 15
    nothing, _ = marks(course, {}, LIES)
    assert sum(nothing.values()) == 0
