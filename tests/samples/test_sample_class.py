"""The sample class: the same for the same seed, and graded as its manifest says is due."""

import json
import re
import shutil

import pytest
from click.testing import CliRunner
from conftest import ROOT

from tlcourse import notebooks, storage
from tlcourse.building import builder
from tlcourse.commands.main import main
from tlcourse.grading.gradebook import scratch_course
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.samples import accidents, cheats, known_answers, sample_class

UNIT = "01_tiny"


@pytest.fixture
def course(tiny_course):
    """The tiny unit with its answers, built."""
    shutil.copytree(ROOT / "tests" / "fixtures" / "answers", CoursePaths(tiny_course).answers_folder(UNIT))
    builder.build(execute=False, root=tiny_course)
    return tiny_course


def class_of(root, unit, count, seed, kinds=sample_class.KINDS):
    paths = CoursePaths(root)
    reference, release = (notebooks.read(file(unit)) for file in (paths.solution_file, paths.release_file))
    made = sample_class.AnswerPool(reference, release, paths.answers_folder(unit))
    return list(sample_class.submissions(made, count, seed, kinds))


def test_the_same_seed_gives_the_same_class_and_a_larger_one_begins_with_it():
    ten, thirty = (class_of(ROOT, "01_cnn_parameters", count, 1) for count in (10, 30))
    assert [(student, notebook) for student, notebook, _ in ten] == [
        (student, notebook) for student, notebook, _ in thirty[:10]
    ]
    other = class_of(ROOT, "01_cnn_parameters", 10, 2)
    assert [notebook for _, notebook, _ in ten] != [notebook for _, notebook, _ in other]


def test_thirty_students_are_of_every_kind_and_answer_in_several_styles():
    thirty = class_of(ROOT, "01_cnn_parameters", 30, 1)
    kinds = [student.kind for student, _, _ in thirty]
    assert set(kinds) == set(sample_class.KINDS)
    titles = {student.title for student, _, _ in thirty if student.kind == "accident"}
    assert len(titles) == kinds.count("accident") >= 10
    correct = [student.title for student, _, _ in thirty if student.kind == "right"]
    assert len(set(correct)) == len(correct)
    for student, _, _ in thirty:
        if student.kind in ("partial", "misconception"):
            assert 0 <= student.due < student.max_score
        if student.kind == "right":
            assert student.due == student.max_score


def test_a_wrong_answer_is_never_below_one_that_calls_it(course):
    """What `triple` by way of `double` earns is known only where `double` is right."""

    def by_way_of_double(kinds):
        made = class_of(course, UNIT, 40, 5, kinds)
        return sum("double(number) + number" in cell.source for _, notebook, _ in made for cell in notebook.cells)

    assert by_way_of_double(["right"]) > 0
    assert by_way_of_double(["misconception", "partial"]) == 0  # here one of the two is always wrong or missing


def test_submissions_do_not_reveal_their_due_mark():
    for _, notebook, _ in class_of(ROOT, "01_cnn_parameters", 20, 3, ["misconception"]):
        text = "\n".join(cell.source for cell in notebook.cells)
        assert not [header for header in known_answers.HEADERS if f"# {header}:" in text]
        assert "MARK SCHEME" not in text


@pytest.fixture
def made_class(tmp_path):
    """A folder that looks like a sample class: one submission, its checksum in the manifest, marks."""
    folder = tmp_path / "class"
    file = folder / "submitted" / "student_001" / UNIT / f"{UNIT}.ipynb"
    file.parent.mkdir(parents=True)
    file.write_text("{}", encoding="utf-8")
    for name in ("gradebook.db", "nbgrader_config.py", "grading_records/x.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    submitted = {file.relative_to(folder).as_posix(): storage.checksum(file)}
    storage.write_json(folder / sample_class.MANIFEST, {"students": [], "submitted": submitted})
    return folder


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("thesis.txt", "mine", "did not make: thesis.txt. Move it away"),
        ("submitted/zoe/01_tiny/01_tiny.ipynb", "{}", "did not make: submitted/zoe/01_tiny/01_tiny.ipynb."),
        (
            f"submitted/student_001/{UNIT}/{UNIT}.ipynb",
            "{1}",
            f"did not make: submitted/student_001/{UNIT}/{UNIT}.ipynb.",
        ),
        (sample_class.MANIFEST, "[]", "something else than a sample class"),
        (sample_class.MANIFEST, "{", "something else than a sample class"),
    ],
)
def test_nothing_is_removed_that_the_sample_class_did_not_make(made_class, course, name, content, words):
    (made_class / name).parent.mkdir(parents=True, exist_ok=True)
    (made_class / name).write_text(content, encoding="utf-8")
    before = {path: path.read_bytes() for path in made_class.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match=re.escape(words)):
        sample_class.make(made_class, course, UNIT, 3, 1)
    assert {path: path.read_bytes() for path in made_class.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "options",
    [{"count": 0}, {"kinds": ["lazy"]}, {"kinds": []}, {"unit": "02_none"}],
    ids=["none", "kind", "empty", "unit"],
)
def test_nothing_is_removed_for_a_wrong_option(made_class, course, options):
    before = sorted(made_class.rglob("*"))
    with pytest.raises((ValueError, FileNotFoundError)):
        sample_class.make(**({"folder": made_class, "root": course, "unit": UNIT, "count": 3, "seed": 1} | options))
    assert sorted(made_class.rglob("*")) == before


@pytest.mark.slow
def test_bad_options_are_reported(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course)
    for arguments, message in (
        ((UNIT, "--students", "0"), "0 students are no class"),
        ((UNIT, "--kinds", "right,lazy"), "no kind lazy"),
        (("01_none",), "01_none"),
    ):
        outcome = CliRunner().invoke(main, ["sample-class", *arguments, "--folder", str(tmp_path / "class")])
        assert outcome.exit_code == 1
        assert "Error: " in outcome.output
        assert message in outcome.output
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "thesis.txt").touch()
    with pytest.raises(ValueError, match="something else than a sample class"):
        sample_class.make(tmp_path / "own", course, UNIT, 3, 1)
    assert (tmp_path / "own" / "thesis.txt").exists()


@pytest.mark.slow
@pytest.mark.needs_sandbox
def test_each_of_a_class_gets_the_mark_and_the_status_that_are_due(course, tmp_path, monkeypatch):
    from tlcourse.grading.gradebook.batch import grade

    monkeypatch.chdir(course)
    folder = tmp_path / "class"
    count = 2 * len(accidents.ACCIDENTS)  # every accident is among them
    arguments = ["sample-class", UNIT, "--students", str(count), "--folder", str(folder)]
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == 0, outcome.output
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.GradingLimits.cell_seconds = 2\n")
    manifest = json.loads((folder / sample_class.MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["unit"], manifest["seed"], len(manifest["students"])) == (UNIT, 1, count)
    titles = {student["title"] for student in manifest["students"]}
    assert {case.title for case in (*accidents.ACCIDENTS[:12], *cheats.CHEATS)} <= titles
    graded = {entry.student: entry for entry in grade(folder, UNIT)}
    rows = {row["student"]: row["code_score"] for row in scratch_course.gradebook_rows(folder, UNIT)}
    wrong = [
        (entry["title"], graded[entry["student"]].status, rows.get(entry["student"], 0.0))
        for entry in manifest["students"]
        if graded[entry["student"]].status not in entry["status"].split(" | ")
        or rows.get(entry["student"], 0.0) != entry["due"]
        or (graded[entry["student"]].score or 0.0) != entry["due"]
    ]
    assert wrong == []
