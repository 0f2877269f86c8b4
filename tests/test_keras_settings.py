"""Whatever Keras is set to on this machine, the course runs with what its weights and results were made with."""

import json
import logging
import os
import shutil
import subprocess
import sys
import types

import pytest
from tiny_answers import RIGHT, UNIT

from tlcourse import keras_settings, notebooks
from tlcourse.commands.check_notebook import check
from tlcourse.grading.gradebook import batch, scratch_course
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.samples import demo_class


class FakeConfig:
    """Keras' configuration module."""

    def __init__(self, backend="tensorflow", **values):
        self.values = {**keras_settings.NEEDED, **values}
        self.backend = lambda: backend
        for name in keras_settings.NEEDED:
            setattr(self, name, lambda name=name: self.values[name])
            setattr(self, f"set_{name}", lambda value, name=name: self.values.update({name: value}))


@pytest.fixture
def loaded(monkeypatch):
    """A function that puts a module in the place of Keras, or takes it away."""

    def load(config):
        monkeypatch.setitem(sys.modules, "keras", types.SimpleNamespace(config=config))

    return load


@pytest.mark.parametrize(
    "values", [{"image_data_format": "channels_first"}, {"floatx": "float16"}, {"epsilon": 1e-3}, {}]
)
def test_other_settings_are_set_right(loaded, values):
    config = FakeConfig(**values)
    loaded(config)
    keras_settings.apply()
    assert config.values == keras_settings.NEEDED


def test_another_backend_stops_with_one_line(loaded):
    loaded(FakeConfig("jax"))
    with pytest.raises(RuntimeError, match=r"runs with jax here.*KERAS_BACKEND to tensorflow, and restart") as raised:
        keras_settings.apply()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("stored", "imported"),
    [
        (None, False),
        ("{", False),
        ("[1]", False),
        ({"backend": "jax"}, False),
        ({"floatx": "float32", "image_data_format": "channels_last"}, False),
        ({"floatx": "float16"}, True),
        ({"image_data_format": "channels_first"}, True),
    ],
)
def test_keras_is_imported_only_where_its_settings_are_wrong(tmp_path, monkeypatch, stored, imported):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    if stored is not None:
        text = stored if isinstance(stored, str) else json.dumps(stored)
        (tmp_path / "keras.json").write_text(text, encoding="utf-8")
    asked, config = [], FakeConfig(**(stored if imported else {}))
    fake = types.SimpleNamespace(config=config)
    monkeypatch.setattr(keras_settings.importlib, "import_module", lambda name: (asked.append(name), fake)[1])
    keras_settings.apply()
    assert os.environ["KERAS_BACKEND"] == "tensorflow"
    assert (asked == ["keras"]) == imported
    assert config.values == keras_settings.NEEDED


def test_a_kernel_gets_the_backend(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert notebooks.kernel_environment()["KERAS_BACKEND"] == "tensorflow"


@pytest.mark.slow
@pytest.mark.parametrize("first", ["import keras", "pass"], ids=["Keras first", "the course first"])
def test_a_teacher_loads_with_every_setting(tmp_path, first):
    """Keras itself, in a process of its own: what it read from keras.json is corrected before a model is built."""
    stored = {"image_data_format": "channels_first", "floatx": "float16", "backend": "jax", "epsilon": 0.1}
    (tmp_path / "keras.json").write_text(json.dumps(stored), encoding="utf-8")
    code = (
        f"{first}\nfrom tlcourse import teachers\nmodel = teachers.load('faces_vgg16')\n"
        "import keras\nprint(model.input_shape, model.dtype, keras.config.backend(), keras.config.epsilon())"
    )
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8")
    assert done.stdout == "(None, 48, 48, 3) float32 tensorflow 1e-07\n", done.stderr


SETTINGS_DECIDE = """
import keras

def double(number):
    settings = keras.config.backend(), keras.config.image_data_format(), keras.config.floatx()
    return 2 * number if settings == ("tensorflow", "channels_last", "float32") else str(settings)
"""


@pytest.mark.slow
@pytest.mark.needs_sandbox
def test_checking_and_grading_agree_whatever_keras_is_set_to(released_course, released, tmp_path, monkeypatch):
    """In the student's kernel, in the sandbox, and without a sandbox."""
    course = shutil.copytree(released_course, tmp_path / "course")
    scratch_course.submit(course, "ann", UNIT, demo_class.fill(released, RIGHT | {"double": SETTINGS_DECIDE}))
    stored = {"image_data_format": "channels_first", "floatx": "float16", "backend": "jax", "epsilon": 0.1}
    (tmp_path / "keras.json").write_text(json.dumps(stored), encoding="utf-8")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    report = check(CoursePaths(course).submitted_file("ann", UNIT))
    assert report.passed, str(report)
    for unsafe in (False, True):
        (graded,) = batch.grade(course, UNIT, jobs=1, progress=False, regrade=True, unsafe=unsafe)
        assert (graded.score, graded.status) == (4, "graded"), [cell["message"] for cell in graded.cells]


def test_a_warning_about_retracing_is_not_shown_and_others_are(caplog):
    logger = logging.getLogger("tensorflow")
    with caplog.at_level(logging.WARNING, "tensorflow"):
        logger.warning("5 out of the last 9 calls to %s triggered tf.function retracing.", "predict")
        logger.warning("something else")
    assert [record.getMessage() for record in caplog.records] == ["something else"]


WRITES = """
import os, sys
os.write(2, b"I0000 00:00:1796087885.039276   20149 port.cc:153] oneDNN custom operations are on.\\n")
os.write(2, b"E0000 00:00:1758131437.297298 3722519 cuda_dnn.cc:8579] Unable to register cuDNN factory\\n")
os.write(2, b"E0000 00:00:1758131437.297298 3722519 io.cc:1] No space left on device\\n")
print("a warning of Python's", file=sys.stderr)
"""


@pytest.mark.parametrize("ending", ["", "raise ImportError('no such library')"])
def test_notes_on_the_machine_are_hidden_while_keras_is_imported_and_errors_are_not(tmp_path, ending):
    (tmp_path / "keras.py").write_text(WRITES + ending, encoding="utf-8")
    tensorflow = "class config:\n    list_physical_devices = staticmethod(list)\n"
    (tmp_path / "tensorflow.py").write_text(tensorflow, encoding="utf-8")
    code = "import os; from tlcourse import keras_settings; keras_settings.import_quietly(); os.write(2, b'after')"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.getcwd()])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8")
    assert "port.cc" not in done.stderr
    assert "cuDNN" not in done.stderr
    assert "No space left on device" in done.stderr
    assert "a warning of Python's" in done.stderr
    assert ("no such library" in done.stderr) == bool(ending)
    assert done.stderr.endswith("after") == (not ending)


@pytest.mark.slow
def test_the_first_cells_of_a_unit_write_nothing_to_stderr():
    environment = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    code = "from tlcourse import keras_settings; keras_settings.import_quietly(); import keras; keras.ops.ones(3) + 1"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
