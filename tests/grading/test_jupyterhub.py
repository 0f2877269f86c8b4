"""A unit from release to feedback on a JupyterHub, as docs/jupyterhub.md describes it: a teacher and a student.

The hub tells both apart. nbgrader's exchange knows people by their Unix accounts, and there is one for this test: a
submission comes from that account.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.error

import local_hub
import nbformat
import pytest
from nbgrader.utils import get_username
from tiny_answers import RIGHT, UNIT

from tlcourse import notebooks
from tlcourse.grading.gradebook import scratch_course
from tlcourse.samples import demo_class

COURSE_ID = "ml2026"
FORM = {"course_id": COURSE_ID, "assignment_id": UNIT}
SETTINGS = f'\nc.CourseDirectory.course_id = "{COURSE_ID}"\n'
pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs_sandbox,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(local_hub.problem()), reason=local_hub.problem() or "there is a hub"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, released_course):
    """The machine: homes of both users, with the course in the teacher's, and the exchange."""
    folder = tmp_path_factory.mktemp("hub")
    course = folder / "homes" / "teacher" / COURSE_ID
    shutil.copytree(released_course, course)
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(SETTINGS)
    (folder / "homes" / "student").mkdir()
    own = folder / "homes" / "teacher" / ".jupyter" / "nbgrader_config.py"
    own.parent.mkdir()
    own.write_text(f"c = get_config()\nc.CourseDirectory.root = {str(course)!r}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def users(folder):
    """Both users of a hub that runs."""
    with local_hub.running(folder, ["teacher", "student"], COURSE_ID) as both:
        yield both


@pytest.fixture(scope="module")
def teach(folder, users):
    """Runs a command of the teacher's in the folder of the course; what it printed."""
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    home = folder / "homes" / "teacher"
    environment = os.environ | settings["environment"] | {"HOME": str(home), "USER": "teacher", "LOGNAME": "teacher"}

    def run(program, *arguments):
        command = [sys.executable, "-m", program, *arguments]
        done = subprocess.run(command, cwd=home / COURSE_ID, env=environment, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def status_of_the_unit(student):
    """The status of the unit for the student, as Assignment List shows it."""
    listed = student.request(f"assignments?course_id={COURSE_ID}")
    assert listed["success"], listed
    return sorted(entry["status"] for entry in listed["value"] if entry["assignment_id"] == UNIT)


def test_a_unit_goes_from_release_to_feedback(folder, users, teach):
    student, home = users["student"], folder / "homes" / "student"
    assert status_of_the_unit(student) == []
    teach("nbgrader", "release_assignment", UNIT)
    assert status_of_the_unit(student) == ["released"]
    student.request("assignments/fetch", **FORM)
    (fetched,) = home.rglob(f"{UNIT}.ipynb")
    answered = demo_class.fill(notebooks.read(fetched), RIGHT)
    assert not any("HIDDEN TESTS" in cell.source for cell in answered.cells)
    fetched.write_text(nbformat.writes(answered), encoding="utf-8")
    student.request("assignments/submit", **FORM)
    assert status_of_the_unit(student) == ["fetched", "submitted"]
    teach("nbgrader", "collect", UNIT, "--update")
    teach("tlcourse", "grade", UNIT)
    course = folder / "homes" / "teacher" / COURSE_ID
    (row,) = scratch_course.gradebook_rows(course, UNIT)
    assert (row["student"], row["code_score"]) == (get_username(), 4)
    teach("tlcourse", "feedback", UNIT, "--to", "exchange")
    student.request("assignments/fetch_feedback", **FORM)
    (page,) = home.rglob("*.html")
    assert "HIDDEN TESTS" not in page.read_text(encoding="utf-8")


def test_formgrader_lists_the_unit_for_the_teacher(users):
    (entry,) = users["teacher"].request("formgrader/api/assignments")
    assert entry["name"] == UNIT


@pytest.mark.parametrize(("who", "whose"), [("student", "teacher"), ("teacher", "student")])
def test_nobody_reaches_the_server_of_another(users, who, whose):
    with pytest.raises(urllib.error.HTTPError) as raised:
        users[who].request("api/contents", owner=whose)
    assert raised.value.code in (403, 404)
