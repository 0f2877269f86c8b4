"""What all tests share: no network, a cache of their own, and the classroom's mirror where there is one.

The files below tests/ stand where the modules that they test stand below tlcourse/, or in the folder that several
packages share; what several tests share is in tests/support. No two test files share a name. Markers (pyproject.toml)
decide which tier a test belongs to, see tlcourse/commands/run_tests.py; a test that uses one of the fixtures in
`IMPLIED` gets its marker by itself.
"""

import functools
import http.server
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import absl.logging
import numpy as np
import pytest

from tlcourse.grading.engine.grading_pool import sandbox_problem
from tlcourse.pipeline import spark_environment

pytest_plugins = ["pytester", "real_browser", "live_page"]

# Before Keras is imported anywhere, and inherited by notebooks' kernels.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["TLCOURSE_OFFLINE"] = "1"
os.environ["TLCOURSE_GRADING_SEED"] = "0"  # so that the plans which come with solutions fit
os.environ.setdefault("MPLBACKEND", "agg")
NO_SANDBOX = sandbox_problem()
if NO_SANDBOX:  # the tests' own submissions are then graded without a sandbox
    os.environ["TLCOURSE_UNSAFE_GRADING"] = "1"

ROOT = Path(__file__).resolve().parent.parent
TINY = ROOT / "tests" / "fixtures" / "01_tiny.py"
SLOWER = float(os.environ.get("TLCOURSE_SLOWER", "1"))  # than two idle cores: what may take longer here
SMALL = {"classes": 7, "widths": (4, 4, 8, 8, 8), "dense": 16}  # arguments of narrow_vgg16


def in_time(taken, limit, unit):
    """Fail, and say what to do, if something took longer than `limit` on a machine as fast as `SLOWER` says."""
    assert taken < limit * SLOWER, (
        f"{taken:.2f} {unit}, {limit} asked of two idle cores; on a slower machine set TLCOURSE_SLOWER=2 or more"
    )


def processor_seconds():
    """What finished child processes have used of the processors so far; Windows does not tell."""
    times = os.times()
    return times.children_user + times.children_system


def pytest_addoption(parser):
    """`tlcourse screenshots` keeps what the tests of the browser see."""
    parser.addoption("--screenshots", type=Path, metavar="FOLDER", help="keep screenshots of the browser in FOLDER")


# Files that take minutes, longest first, so that no process is left with one of them at the end (`tlcourse test`).
LONGEST = ["notebooks", "answers", "browser", "demo", "grading_loop", "site", "bad_submissions", "grading_class"]
# What a test needs that uses a fixture, directly or through others.
IMPLIED = {"browser": "needs_browser", "mirror": "needs_mirror", "postgresql": "needs_postgres", "full_tier": "slow"}


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what `-m` does not want
def pytest_collection_modifyitems(items):
    """Add the markers that fixtures imply, and begin with the longest files; within a file the order stays."""
    for item in items:
        for fixture in IMPLIED.keys() & set(item.fixturenames):
            item.add_marker(IMPLIED[fixture])
    rank = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@functools.cache
def spark_problem():
    """Why Spark cannot start here, or None; asks Java for its version once."""
    return spark_environment.problem()


def pytest_runtest_setup(item):
    """Skip what needs a sandbox or Spark where there is none."""
    if item.get_closest_marker("needs_spark") and spark_problem():
        pytest.skip(spark_problem())
    if item.get_closest_marker("needs_sandbox") and NO_SANDBOX:
        advice = ": apt install bubblewrap" if "not installed" in NO_SANDBOX else ""
        pytest.skip(f"{NO_SANDBOX}{advice}")


@pytest.fixture(scope="session", autouse=True)
def stderr_stays_open():
    """TensorFlow's log handler closes its stream, pytest's capture, when an application of Jupyter sets up logging."""
    absl.logging.get_absl_handler().python_handler.stream = sys.__stderr__


@pytest.fixture(scope="session")
def full_tier():
    """Asked for by fixtures that take many seconds: the tests that use them are slow."""


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Features and downloads of the tests stay among the tests."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["TLCOURSE_CACHE"] = str(folder)
    return folder


@pytest.fixture
def fresh_cache(tmp_path, monkeypatch):
    """An empty cache folder for one test."""
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class WebFolder(NamedTuple):
    """A folder, and the address under which a web server on this machine serves it."""

    path: Path
    address: str


@pytest.fixture
def web_folder(tmp_path, monkeypatch):
    """An empty `WebFolder`, which the course may download from."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("TLCOURSE_OFFLINE")
    folder = tmp_path / "web"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield WebFolder(folder, f"http://127.0.0.1:{running.server_port}")
        running.shutdown()


@pytest.fixture(scope="session")
def mirror():
    """The mirror's folder; the test is skipped where there is none."""
    folder = os.environ.get("TLCOURSE_MIRROR")
    if not folder or not Path(folder).is_dir():
        pytest.skip("TLCOURSE_MIRROR is not set to a folder with cats_dogs/ and keras_home/")
    return Path(folder)


@pytest.fixture(scope="session")
def cats_dogs(mirror):
    """The mirror's cats and dogs, read once."""
    from tlcourse.datasets import photos

    return photos.cats_dogs()


@pytest.fixture(scope="session")
def omniglot_characters(mirror):
    """The mirror's Omniglot, read once."""
    from tlcourse.research import omniglot

    return omniglot.load()


@pytest.fixture
def few_target_images(monkeypatch, omniglot_characters):
    """The targets of the controls with a few images each."""
    from tlcourse.research import control_targets, omniglot

    sizes = {"FACES": (3, 2, 2), "GREEK": (3, 2, 2), "GALAXIES": (8, 1, 1), "OMNIGLOT": (3, 2, 2)}
    for name, size in {**sizes, "DIGITS_EACH": 2, "DIGITS_TESTED": 20}.items():
        monkeypatch.setattr(control_targets, name, size)
    monkeypatch.setattr(omniglot, "load", lambda: omniglot_characters)


@pytest.fixture
def no_weights(tmp_path, monkeypatch):
    """A machine without a mirror and without any weights for keras.applications: its empty KERAS_HOME."""
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras"


@pytest.fixture
def images():
    """Twelve images of noise, 48x48, uint8."""
    return np.random.default_rng(0).integers(0, 256, (12, 48, 48, 3), dtype=np.uint8)


@pytest.fixture(scope="session")
def small_teacher():
    """A very narrow VGG-16 with weights that were not trained."""
    import keras

    from tlcourse.networks import narrow_vgg16

    keras.utils.set_random_seed(0)
    return narrow_vgg16(**SMALL)


@pytest.fixture
def small_architecture():
    """The arguments of narrow_vgg16 that make `small_teacher`."""
    return dict(SMALL)


@pytest.fixture
def tiny_course(tmp_path):
    """A course of one tiny unit, for the machinery that the real ones go through: nothing is built in it."""
    return new_tiny_course(tmp_path / "course")


def new_tiny_course(course):
    """Make the folder of a course of one tiny unit, not built."""
    (course / "solutions").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copy(TINY, course / "solutions")
    return course


@pytest.fixture(scope="session")
def executed_course(tmp_path_factory):
    """A course of the tiny unit, built and its cells run. Only to be read: `built_course` is a copy to work in."""
    from tlcourse.building import builder

    course = new_tiny_course(tmp_path_factory.mktemp("built") / "course")
    builder.build(root=course)
    return course


@pytest.fixture
def built_course(executed_course, tmp_path):
    """A course of the tiny unit for one test, built and its cells run."""
    return shutil.copytree(executed_course, tmp_path / "course")


@pytest.fixture(scope="session")
def released_course(executed_course, tmp_path_factory):
    """A course of the tiny unit, released. Only to be read: what is submitted or graded goes into a copy."""
    from tlcourse.grading.gradebook import scratch_course

    course = shutil.copytree(executed_course, tmp_path_factory.mktemp("grading") / "course")
    scratch_course.run_nbgrader(course, "generate_assignment", TINY.stem, "--force")
    return course


@pytest.fixture(scope="session")
def assignment(released_course):
    """The tiny unit, as grading has it."""
    from tlcourse.grading.gradebook.course import NbgraderCourse

    return NbgraderCourse(released_course).assignment(TINY.stem)


@pytest.fixture(scope="session")
def released(released_course):
    """The student's notebook of the tiny unit."""
    from tlcourse import notebooks
    from tlcourse.grading.gradebook.course_paths import CoursePaths

    return notebooks.read(CoursePaths(released_course).release_file(TINY.stem))
