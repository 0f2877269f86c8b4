"""What a unit's own solutions show of its checks: learned once by `tlcourse build`, used by every course."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import new_tiny_course
from tiny_answers import CHECKS, RIGHT, UNIT, sandboxed

from tlcourse import notebooks
from tlcourse.building import builder, grading_plans
from tlcourse.commands import main
from tlcourse.grading.engine import calibration
from tlcourse.grading.gradebook import scratch_course
from tlcourse.grading.gradebook.batch import grade
from tlcourse.grading.gradebook.course_paths import SHIPPED_PLAN, CoursePaths
from tlcourse.samples import demo_class

pytestmark = pytest.mark.timeout(1200)
LEARNED = {name: {"outside": True, "mutated": True} for name in CHECKS} | {"*": {"skip": True}}


@pytest.fixture
def root(tmp_path):
    """The tiny course, built without its cells being run."""
    course = new_tiny_course(tmp_path / "root")
    builder.build(execute=False, root=course)
    return course


def without_seconds(made):
    return {name: {key: check[key] for key in check if key != "seconds"} for name, check in made["checks"].items()}


def course_of_ann(root, folder):
    """A course with one submission, which is right."""
    scratch_course.new_course(folder, root, [UNIT])
    scratch_course.run_nbgrader(folder, "generate_assignment", UNIT)
    release = notebooks.read(CoursePaths(folder).release_file(UNIT))
    scratch_course.submit(folder, "ann", UNIT, demo_class.fill(release, RIGHT))
    return folder


@sandboxed
def test_build_learns_the_plan_and_reports_it(root, monkeypatch):
    monkeypatch.chdir(root)
    monkeypatch.setattr("tlcourse.building.tables.write", list)
    monkeypatch.setattr("tlcourse.building.claims.contradictions", lambda root: [])
    outcome = CliRunner().invoke(main.main, ["build", "01"])
    assert outcome.exit_code == 0, outcome.output
    assert "01_tiny: grading_plan.json written" in outcome.output
    made = json.loads(CoursePaths(root).shipped_plan_file(UNIT).read_text(encoding="utf-8"))
    assert without_seconds(made) == LEARNED
    assert all(0 <= made["checks"][name]["seconds"] < 5 for name in CHECKS)
    assert made["reference_fails"] == {}
    assert not CoursePaths(root).release_file(UNIT).with_name(SHIPPED_PLAN).exists()


@pytest.mark.slow
@sandboxed
def test_a_course_uses_the_plan_that_it_came_with(root, tmp_path):
    grading_plans.write(root, UNIT)
    folder = course_of_ann(root, tmp_path / "course")
    assert not list((folder / "notebooks").rglob(SHIPPED_PLAN)), "students get it"
    assert [outcome.score for outcome in grade(folder, UNIT, jobs=1, progress=False)] == [4]
    assert not CoursePaths(folder).learned_plan_file(UNIT).exists(), "the solutions were tried again"


@pytest.mark.parametrize("damage", [None, "check", "solution", "file", "incomplete"])
def test_a_plan_that_does_not_fit_is_learned_anew(damage, assignment, released_course, tmp_path, monkeypatch):
    solution = shutil.copy(CoursePaths(released_course).solution_file(UNIT), tmp_path)
    shipped, learned = tmp_path / "shipped.json", tmp_path / "learned" / "plan.json"
    checks = {name: {"outside": True, "mutated": True, "seconds": 0.0} for name in CHECKS}
    plan = {"code_sha256": calibration.code_digest(assignment, solution), "checks": checks, "reference_fails": {}}
    anew = {**plan, "checks": {"anew": {}}}
    monkeypatch.setattr(calibration, "learn", lambda *_: anew)
    calibration.write_plan(shipped, plan)
    if damage == "file":
        shipped.write_text(shipped.read_text(encoding="utf-8")[:20], encoding="utf-8")
    elif damage == "incomplete":  # as an earlier version wrote it
        calibration.write_plan(shipped, {**plan, "checks": {CHECKS[0]: {"outside": True}}})
    elif damage == "solution":
        text = Path(solution).read_text(encoding="utf-8")
        Path(solution).write_text(text.replace("return 2 * number", "return number + number"), encoding="utf-8")
    elif damage == "check":
        cells = [{**cell, "full": cell["full"].replace("(2,), 4", "(4,), 8")} for cell in assignment.cells]
        assignment = dataclasses.replace(assignment, cells=cells)
    planned = calibration.calibrated(assignment, solution, learned, shipped)
    assert planned.plan == (checks if damage is None else anew["checks"])
    assert learned.exists() == (damage is not None)


@pytest.mark.slow
@sandboxed
def test_solutions_that_fail_in_the_box_stop_the_build(root):
    solution = CoursePaths(root).solution_file(UNIT)
    text = solution.read_text(encoding="utf-8")
    solution.write_text(text.replace("return 3 * number", "return open('/etc/passwd').read()"), encoding="utf-8")
    with pytest.raises(grading_plans.ReferenceFails, match=r"01_tiny: .*test_triple: "):
        grading_plans.write(root, UNIT)
    assert not CoursePaths(root).shipped_plan_file(UNIT).exists()


def test_without_a_box_no_plan_is_written(root, monkeypatch):
    monkeypatch.setattr("tlcourse.grading.sandbox.bubblewrap.problem", lambda: "bubblewrap (bwrap) is not installed")
    assert grading_plans.write(root, UNIT) is None
    assert not CoursePaths(root).shipped_plan_file(UNIT).exists()
