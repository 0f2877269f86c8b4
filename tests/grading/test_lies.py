"""Marks stay the same when every property and function in the student's process lies."""

import subprocess
import sys

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
from tlcourse.samples import demo_class, known_answers

UNIT = "01_cnn_parameters"
# Answers that are models, data, training steps and files.
OTHER_UNITS = ("02_feature_extraction", "05_domain_scenarios", "07_distillation", "11_deployment")
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
EVERYTHING_LIES = """
import inspect, sys
import keras
import numpy as np
import tlcourse.distillation, tlcourse.features, tlcourse.finetuning, tlcourse.learning_rates, tlcourse.stats

agree = lambda *arguments, **keywords: True

def all_lie(owner):
    for name, value in list(vars(owner).items()):
        if name.startswith("_"):
            continue
        if isinstance(value, property):
            new = property(agree, agree)
        elif callable(value) and not inspect.isclass(value) and not isinstance(value, np.ufunc):
            new = agree
        else:
            continue
        try:
            setattr(owner, name, new)
        except (AttributeError, TypeError):
            pass

for name, module in list(sys.modules.items()):
    if name.startswith("tlcourse."):
        for value in list(vars(module).values()):
            if inspect.isclass(value) and value.__module__ == name:
                all_lie(value)
        all_lie(module)
for kind in (keras.Model, keras.Sequential, keras.layers.Layer):
    for name in ("weights", "trainable_weights", "trainable_variables", "non_trainable_weights", "trainable"):
        setattr(kind, name, property(agree, agree))
    for name in ("count_params", "get_weights", "get_config", "to_json", "summary", "predict", "evaluate"):
        setattr(kind, name, agree)
for module in (keras.ops, keras.losses, keras.metrics, keras.activations, keras.utils, np.testing, np.linalg, np):
    all_lie(module)
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


@pytest.fixture(scope="module")
def other_units(tmp_path_factory, full_tier):
    folder = tmp_path_factory.mktemp("other_units") / "course"
    new_course(folder, ROOT, OTHER_UNITS)
    return NbgraderCourse(folder)


def marks(course, answers, first="", unit=UNIT):
    """Points by check, and the kinds of flags, of a submission with these answers and a first cell of its own."""
    assignment = course.with_grading_plan(course.assignment(unit))
    notebook = demo_class.fill(notebooks.read(ROOT / "notebooks" / unit / f"{unit}.ipynb"), answers)
    place = next(n for n, cell in enumerate(notebook.cells) if "setup" in cell.metadata.get("tags", [])) + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell(first))
    submission = Submission("student", unit, nbformat.writes(notebook).encode(), "digest", {})
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


@sandboxed
@pytest.mark.parametrize("unit", OTHER_UNITS)
def test_no_wrong_answer_gains_where_everything_lies(other_units, unit):
    exercises = notebooks.exercises(notebooks.read(other_units.paths.solution_file(unit)))
    wrong, due = {}, {}
    for name, (_, tests) in exercises.items():
        file = ROOT / "solutions" / unit / "answers" / f"{name}.py"
        answers = [answer for answer in known_answers.read(file) if answer.kind == "wrong"]
        answer = next((answer for answer in answers if not answer.uses(name, exercises)), answers[0])
        wrong[name] = known_answers.as_submitted(answer)
        due[name] = answer.due(sum(cell.metadata.nbgrader.points for cell in tests))
    run_nbgrader(other_units.paths.folder, "generate_assignment", unit)
    points, _ = marks(other_units, wrong, EVERYTHING_LIES, unit)
    for name, (_, tests) in exercises.items():
        assert sum(points[cell.metadata.nbgrader.grade_id] for cell in tests) <= due[name], name


@pytest.mark.slow
def test_each_lie_replaces_what_it_should():
    lies = "print(np.allclose(1, 2), keras.ops.sum([1, 2]), keras.Model().count_params(), tlcourse.stats.summary([1]))"
    ran = subprocess.run([sys.executable, "-c", EVERYTHING_LIES + lies], capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout.split() == ["True"] * 4, ran.stderr
