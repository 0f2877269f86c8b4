"""A model with code of a student's own stays in the student's process; the checker gets outputs, and nothing else."""

import json

import keras
import loopback
import numpy as np
import pytest

from tlcourse import checks
from tlcourse.grading.sandbox.guest import wire_format, wire_objects
from tlcourse.model_outputs import REMEDY, ModelOutputs

SUBCLASS = """
import keras
class Base(keras.Model):
    def __init__(self, teacher):
        super().__init__()
        self.parts = teacher.layers[1:-1]
    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x
def f(teacher):
    return Base(teacher)
"""
CUSTOM_LAYER = """
import keras
class Same(keras.layers.Layer):
    def call(self, x):
        return x
def f(teacher):
    return keras.Model(teacher.input, Same(name="same")(teacher.layers[-2].output))
"""
LAMBDA = CUSTOM_LAYER.replace("Same(name", "keras.layers.Lambda(lambda x: x, output_shape=(4,), name")
OWN = {"a subclass": SUBCLASS, "a custom layer": CUSTOM_LAYER, "a lambda": LAMBDA}
WRONG = SUBCLASS.replace("[1:-1]", "[1:]")
OUTPUTS = """
model = checks.require_outputs(f(teacher), "f should return a keras.Model")
checks.equal("the features", np.asarray(model(numbers)), expected, tolerance=1e-5)
checks.equal("the features of predict", model.predict(numbers, batch_size=2, verbose=0), expected, tolerance=1e-5)
"""


@pytest.fixture
def course():
    """What a check works with: a teacher, inputs, and the outputs of the layer before its last."""
    keras.utils.set_random_seed(0)
    teacher = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(2)])
    teacher = keras.Model(teacher.inputs[0], teacher.outputs[0])
    numbers = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    expected = np.maximum(numbers @ teacher.get_weights()[0] + teacher.get_weights()[1], 0)
    return {"checks": checks, "np": np, "keras": keras, "teacher": teacher, "numbers": numbers, "expected": expected}


def graded(check, answer, course):
    """The verdict on an answer in the grader, and its error where the check runs in a notebook."""
    student = {}
    exec(answer, student)
    (verdict,) = loopback.verdicts([check], ["f"], course, student)
    try:
        exec(check, {**course, "f": student["f"]})
    except AssertionError as error:
        return verdict, str(error)
    return verdict, None


@pytest.mark.parametrize("answer", OWN.values(), ids=OWN)
def test_a_right_answer_passes_a_check_of_outputs(answer, course):
    assert graded(OUTPUTS, answer, course) == ({"ename": None, "printed": ""}, None)


def test_a_wrong_answer_fails_a_check_of_outputs_with_the_same_message_everywhere(course):
    verdict, error = graded(OUTPUTS, WRONG, course)
    assert verdict["evalue"] == error
    assert "Its shape is (5, 2), not (5, 4)" in error


@pytest.mark.parametrize(
    "asked",
    ["model.layers", "model.get_weights()", "model.count_params()", "model.fit(numbers, numbers)",
     "model.trainable = False", "keras.Model(teacher.input, model(teacher.input))"],
)  # fmt: skip
@pytest.mark.parametrize("answer", OWN.values(), ids=OWN)
def test_a_check_that_needs_layers_fails_with_the_remedy(asked, answer, course):
    check = f'model = checks.require_outputs(f(teacher), "f should return a keras.Model")\n{asked}'
    verdict, error = graded(check, answer, course)
    assert (verdict["ename"], verdict["evalue"]) == ("AssertionError", error)
    assert error.startswith("This check needs ")
    assert "but of this model only outputs count" in error
    assert "Make the model with keras.Model(inputs, outputs) or keras.Sequential" in error


@pytest.mark.parametrize("answer", OWN.values(), ids=OWN)
def test_a_check_of_weights_does_not_begin(answer, course):
    check = 'checks.require_model(f(teacher), "f should return a keras.Model")'
    verdict, error = graded(check, answer, course)
    assert verdict["evalue"] == error
    assert error.startswith("f should return a keras.Model of Keras' own layers, and it ")
    assert error.endswith(f"{REMEDY}.")


def test_the_output_shape_comes_from_outputs(course):
    check = 'checks.equal("it", list(checks.require_outputs(f(teacher), "f").output_shape), [None, 4])'
    assert graded(check, CUSTOM_LAYER, course) == ({"ename": None, "printed": ""}, None)
    verdict, error = graded(check, SUBCLASS, course)
    assert verdict["evalue"] == error
    assert error.endswith("does not have an output shape yet: call it once with inputs before you return it.")
    built = SUBCLASS.replace("return Base(teacher)", "base = Base(teacher)\n    base(teacher.input)\n    return base")
    assert graded(check, built, course) == ({"ename": None, "printed": ""}, None)


def test_an_outputs_model_can_be_given_to_another_function(course):
    answer = SUBCLASS + "def g(model, numbers):\n    return model(numbers), type(model).__name__\n"
    student = {}
    exec(answer, student)
    check = "outputs, kind = g(f(teacher), numbers)\nassert kind == 'Base'\n"
    check += "checks.equal('it', outputs, expected, tolerance=1e-5)"
    (verdict,) = loopback.verdicts([check], ["f", "g"], course, student)
    assert verdict == {"ename": None, "printed": ""}


def test_a_layer_is_no_model_but_can_be_called(course):
    answer = "import keras\ndef f(teacher):\n    return teacher.layers[1]"
    student = {}
    exec(answer, student)
    required = 'checks.require_outputs(f(teacher), "f should return a keras.Model")'
    called = "checks.equal('it', np.asarray(f(teacher)(numbers)), expected, tolerance=1e-5)"
    came = loopback.verdicts([required, called], ["f"], course, student)
    assert came[0]["evalue"] == "f should return a keras.Model, not Dense."
    assert came[1]["ename"] is None


@pytest.mark.parametrize("returned", ["'right'", "object()", "[object()]", "None", "__import__('os')", "x.__class__"])
def test_outputs_are_numbers_or_the_check_fails(returned, course):
    answer = (
        f"import keras\nclass Lies(keras.Model):\n    def __call__(self, x, **options):\n        return {returned}\n"
    )
    check = "try:\n    f(teacher)(numbers)\nexcept Exception:\n    pass"
    verdict, _ = graded(check, answer + "def f(teacher):\n    return Lies()", course)
    assert verdict["ename"] == "AssertionError"
    assert "the model of the class Lies returned" in verdict["evalue"]


@pytest.mark.parametrize(
    "content",
    [["0", "M", "", None, True], [0, "M", "", None, 1], [0, "M", "", [1, 2.5], True], [0, "M", "", [1] * 9, True],
     [0, "M", "", [None, 1 << 30, 1 << 30], True], [0, "M", "", [None, -1], True],
     [0, "M"], {"a": 1}, None],
)  # fmt: skip
def test_a_forged_description_of_a_model_that_stays_raises(content):
    with pytest.raises((ValueError, TypeError, LookupError)):
        wire_format.decode({"outputs": content})


def test_nothing_of_a_students_class_reaches_the_checker():
    class Base(keras.Model):
        """Of a student."""

    sent = json.loads(json.dumps(wire_format.encode(Base(), strict=False)))
    came = wire_format.decode(sent)
    assert type(came).__mro__[1:3] == (wire_objects.RemoteOutputs, ModelOutputs)
    assert type(came).__name__ == "Base"
    assert repr(came) == "<a model of the class Base>"
    with pytest.raises(ValueError, match="a student's process may not send"):
        wire_format.decode({"stayed": 0})


NOT_FINITE = {
    "a number": "float('nan')", "an array": "np.array([1, np.inf])", "a nested value": "{'a': [1, (2, float('-inf'))]}",
    "a model's weights": "spoil(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))",
    "a dataset": "iter([1.0, float('nan')])",
}  # fmt: skip


@pytest.mark.parametrize("value", NOT_FINITE.values(), ids=NOT_FINITE)
def test_nan_and_inf_fail_a_check_that_looks_for_what_is_wrong(value, course):
    answer = (
        "import keras\nimport numpy as np\ndef spoil(model):\n"
        "    model.set_weights([w * np.nan for w in model.get_weights()])\n"
        f"    return model\ndef f():\n    return {value}"
    )
    check = "try:\n    came = f()\nexcept Exception:\n    pass"
    verdict, _ = graded(check, answer, course)
    assert verdict["ename"] == "AssertionError"
    assert "f returned NaN or infinity, which no correct answer does here" in verdict["evalue"]


def test_a_model_trained_to_nan_fails(course):
    answer = "import numpy as np\ndef f(model):\n    model.set_weights([w * np.nan for w in model.get_weights()])"
    verdict, _ = graded("f(teacher)", answer, course)
    assert "f returned NaN or infinity" in verdict["evalue"]


def test_nan_passes_where_the_reference_returns_it(course):
    from tlcourse.grading.sandbox.guest import checker

    student = {}
    exec("def f():\n    return float('nan')", student)
    process = checker.Checker(loopback.Lines(student), [])
    verdict = process._check({"check": "assert f() != f()", "names": ["f"], "seed": "0", "finite": False})
    assert verdict == {"ename": None, "printed": "", "not_finite": True}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"value": ' + b"[" * 500 + b"]" * 500 + b', "models": []}', "too large to check: it is nested"),
        (b'{"value": [' + b"[]," * 2_000_000 + b'1], "models": []}', "too large to check: it has more than"),
        (b"nothing", "cannot be read"),
        (b'{"value": 1}', "cannot be read"),
        (b'{"value": {"a": 1, "b": 2}, "models": []}', "cannot be read"),
        (b'{"value": {"T": ["<f4", [9], ""]}, "models": []}', "cannot be read"),
        (b"[1]", "cannot be read"),
    ],
)
def test_a_reply_that_no_function_gives_fails_also_where_an_error_is_expected(line, message):
    from tlcourse.grading.sandbox.guest import checker

    lines = loopback.Lines({})
    lines.readline = lambda: line
    check = "try:\n    f()\nexcept Exception:\n    pass"
    verdict = checker.Checker(lines, [])._check({"check": check, "names": ["f"], "seed": "0"})
    assert verdict["ename"] == "AssertionError"
    assert message in verdict["evalue"]
