"""What a unit's own solutions show of its checks: learned once by `tlcourse build`, used by every course."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT, new_tiny_course
from tiny_answers import CHECKS, RIGHT, UNIT, sandboxed

from tlcourse import notebooks
from tlcourse.building import builder, shipped_plans, tables
from tlcourse.commands import main
from tlcourse.grading.engine import grading_plan
from tlcourse.grading.gradebook import scratch_course
from tlcourse.grading.gradebook.batch import grade
from tlcourse.grading.gradebook.course_paths import SHIPPED_PLAN, CoursePaths
from tlcourse.grading.model.assignment import require_seed
from tlcourse.samples import demo_class

pytestmark = pytest.mark.timeout(1200)
COURSE_UNITS = sorted(file.stem for file in (ROOT / "solutions").glob("[0-9]*.py"))
EXPECTED_CHECKS = {name: {"outside": True, "mutated": False} for name in CHECKS} | {"*": {"skip": True}}


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


@pytest.mark.parametrize("unit", COURSE_UNITS)
def test_no_point_of_the_course_is_decided_inside_the_students_process(unit):
    assert tables.decided_points(unit, ROOT)["inside"] == 0


@pytest.mark.slow
@sandboxed
def test_build_learns_the_plan_and_reports_it(root, monkeypatch):
    monkeypatch.chdir(root)
    monkeypatch.setattr("tlcourse.building.tables.write", lambda root: [])
    monkeypatch.setattr("tlcourse.building.claims.contradictions", lambda root: [])
    outcome = CliRunner().invoke(main.main, ["build", "01"])
    assert outcome.exit_code == 0, outcome.output
    assert "01_tiny: grading_plan.json written" in outcome.output
    made = json.loads(CoursePaths(root).shipped_plan_file(UNIT).read_text(encoding="utf-8"))
    assert without_seconds(made) == EXPECTED_CHECKS
    assert all(0 <= made["checks"][name]["seconds"] < 5 for name in CHECKS)
    assert made["reference_fails"] == {}
    assert not CoursePaths(root).release_file(UNIT).with_name(SHIPPED_PLAN).exists()


@pytest.mark.slow
@sandboxed
def test_a_course_uses_the_plan_that_it_came_with(root, tmp_path):
    shipped_plans.write(root, UNIT)
    folder = course_of_ann(root, tmp_path / "course")
    assert not list((folder / "notebooks").rglob(SHIPPED_PLAN)), "students get it"
    assert [outcome.score for outcome in grade(folder, UNIT, jobs=1, progress=False)] == [4]
    assert not CoursePaths(folder).cached_plan_file(UNIT).exists(), "the solutions were tried again"


@pytest.mark.slow
@pytest.mark.parametrize("damage", [None, "check", "solution", "file", "incomplete"])
def test_a_plan_that_does_not_fit_is_made_anew(damage, assignment, released_course, tmp_path, monkeypatch):
    solution = shutil.copy(CoursePaths(released_course).solution_file(UNIT), tmp_path)
    shipped, cached = tmp_path / "shipped.json", tmp_path / "cached" / "plan.json"
    checks = {name: {"outside": True, "mutated": True, "seconds": 0.0} for name in CHECKS}
    plan = {"code_sha256": grading_plan.code_digest(assignment, solution), "checks": checks, "reference_fails": {}}
    made = {**plan, "checks": {"made": {}}}
    monkeypatch.setattr(grading_plan, "make_plan", lambda *_: made)
    grading_plan.write_plan(shipped, plan)
    if damage == "file":
        shipped.write_text(shipped.read_text(encoding="utf-8")[:20], encoding="utf-8")
    elif damage == "incomplete":  # as an earlier version wrote it
        grading_plan.write_plan(shipped, {**plan, "checks": {CHECKS[0]: {"outside": True}}})
    elif damage == "solution":
        text = Path(solution).read_text(encoding="utf-8")
        Path(solution).write_text(text.replace("return 2 * number", "return number + number"), encoding="utf-8")
    elif damage == "check":
        cells = [{**cell, "full": cell["full"].replace("(2,), 4", "(4,), 8")} for cell in assignment.cells]
        assignment = dataclasses.replace(assignment, cells=cells)
    planned = grading_plan.with_grading_plan(assignment, solution, cached, shipped)
    assert planned.plan == (checks if damage is None else made["checks"])
    assert cached.exists() == (damage is not None)


@pytest.mark.parametrize("stored", [False, True])
def test_grading_stops_if_the_solutions_fail(stored, assignment, released_course, tmp_path, monkeypatch):
    solution, learned = CoursePaths(released_course).solution_file(UNIT), tmp_path / "plan.json"
    checks = {name: {"outside": True, "mutated": True, "seconds": 0.0} for name in CHECKS}
    sha256 = grading_plan.code_digest(assignment, solution)
    plan = {"code_sha256": sha256, "checks": checks, "reference_fails": {"test_triple": "expected 6, got 7"}}
    if stored:
        grading_plan.write_plan(learned, plan)
    monkeypatch.setattr(grading_plan, "make_plan", lambda *_: plan)
    message = r"(?s)01_tiny.*test_triple: expected 6, got 7.*constraints.txt"
    with pytest.raises(grading_plan.ReferenceFails, match=message):
        grading_plan.with_grading_plan(assignment, solution, learned, tmp_path / "shipped.json")
    assert learned.exists() == stored


def test_grading_stops_if_the_solutions_are_missing(assignment, tmp_path):
    """Without a plan, every check would run in the student's process."""
    files = [tmp_path / name for name in ("gone.ipynb", "cached.json", "shipped.json")]
    with pytest.raises(grading_plan.ReferenceFails, match=r"01_tiny: .* there is no .*gone.ipynb: restore it"):
        grading_plan.with_grading_plan(assignment, *files)
    assert grading_plan.with_grading_plan(assignment, *files, unsafe=True) is assignment


@pytest.mark.parametrize("seed", ["spring", "1.5", "-1", ""])
def test_a_seed_that_is_no_whole_number_stops_the_grading(seed):
    with pytest.raises(ValueError, match=f"TLCOURSE_GRADING_SEED is '{seed}': set it to a whole number"):
        require_seed(seed, "TLCOURSE_GRADING_SEED")


@pytest.mark.slow
@sandboxed
def test_solutions_that_fail_in_the_box_stop_the_build(root):
    solution = CoursePaths(root).solution_file(UNIT)
    text = solution.read_text(encoding="utf-8")
    solution.write_text(text.replace("return 3 * number", "return open('/etc/passwd').read()"), encoding="utf-8")
    with pytest.raises(grading_plan.ReferenceFails, match=r"01_tiny: .*test_triple: "):
        shipped_plans.write(root, UNIT)
    assert not CoursePaths(root).shipped_plan_file(UNIT).exists()


def test_without_a_box_no_plan_is_written(root, monkeypatch, capsys):
    monkeypatch.setattr("tlcourse.grading.sandbox.bubblewrap.problem", lambda: "bubblewrap (bwrap) is not installed")
    assert shipped_plans.write(root, UNIT) is None
    assert capsys.readouterr().out == "01_tiny: wrote no grading plan, because bubblewrap (bwrap) is not installed\n"
    assert not CoursePaths(root).shipped_plan_file(UNIT).exists()
