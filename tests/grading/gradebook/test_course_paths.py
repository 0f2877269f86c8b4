"""The folders of a course are those that its nbgrader_config.py names, as nbgrader itself finds them."""

import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner
from conftest import ROOT
from sqlalchemy.engine import make_url

from tlcourse.commands.main import main
from tlcourse.commands.unit_argument import find_unit
from tlcourse.grading.gradebook._nbgrader import gradebook_url
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.scratch_course import new_course

UNIT = "01_tiny"
PRIVATE = """\
c = get_config()
c.CourseDirectory.source_directory = "private/source"
c.CourseDirectory.release_directory = "handout"
c.CourseDirectory.submitted_directory = "inbox"
c.CourseDirectory.feedback_directory = "comments"
"""


@pytest.fixture
def private_course(tmp_path):
    """A course with other folder names; its unit has a solved notebook, a plan and a submission."""
    course = tmp_path / "private_course"
    (course / "private" / "source" / UNIT).mkdir(parents=True)
    (course / "inbox" / "ann" / UNIT).mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(PRIVATE, encoding="utf-8")
    for name in (f"{UNIT}.ipynb", "grading_plan.json"):
        (course / "private" / "source" / UNIT / name).write_text("{}", encoding="utf-8")
    return course


def located(course):
    """Where a course keeps its files, relative to its folder."""
    paths = CoursePaths(course)
    files = {
        "solution": paths.solution_file(UNIT),
        "answers": paths.answers_folder(UNIT),
        "plan": paths.shipped_plan_file(UNIT),
        "learned plan": paths.cached_plan_file(UNIT),
        "release": paths.release_file(UNIT),
        "submission": paths.submitted_file("ann", UNIT),
        "feedback": paths.feedback_file("ann", UNIT),
    }
    return {name: file.relative_to(course).as_posix() for name, file in files.items()}


def test_this_repository_is_a_course():
    assert located(ROOT) == {
        "solution": "solutions/01_tiny/01_tiny.ipynb",
        "answers": "solutions/01_tiny/answers",
        "plan": "solutions/01_tiny/grading_plan.json",
        "learned plan": "grading_records/01_tiny/.plan.json",
        "release": "notebooks/01_tiny/01_tiny.ipynb",
        "submission": "submitted/ann/01_tiny/01_tiny.ipynb",
        "feedback": "feedback/ann/01_tiny/01_tiny.html",
    }


def test_a_course_may_name_other_folders(private_course):
    assert located(private_course) == {
        "solution": "private/source/01_tiny/01_tiny.ipynb",
        "answers": "private/source/01_tiny/answers",
        "plan": "private/source/01_tiny/grading_plan.json",
        "learned plan": "grading_records/01_tiny/.plan.json",
        "release": "handout/01_tiny/01_tiny.ipynb",
        "submission": "inbox/ann/01_tiny/01_tiny.ipynb",
        "feedback": "comments/ann/01_tiny/01_tiny.html",
    }
    assert CoursePaths(private_course).submission_folders(UNIT) == {"ann": private_course / "inbox" / "ann" / UNIT}


def test_a_scratch_course_takes_the_solutions_from_the_folder_that_the_configuration_names(private_course, tmp_path):
    new_course(tmp_path / "scratch", private_course, [UNIT])
    copied = tmp_path / "scratch" / "solutions" / UNIT
    assert {file.name for file in copied.iterdir()} == {f"{UNIT}.ipynb", "grading_plan.json"}


@pytest.mark.parametrize("place", ["{root}/private/source", "../private_course/private/source"])
def test_a_scratch_course_never_uses_the_gradebook_or_the_folders_of_the_original(private_course, tmp_path, place):
    with (private_course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('c.CourseDirectory.db_url = "postgresql+psycopg://me:secret@db.example/marks"\n')
        config.write(f"c.CourseDirectory.source_directory = '{place.format(root=private_course)}'\n")
    before = sorted(private_course.rglob("*"))
    scratch = tmp_path / "scratch"
    new_course(scratch, private_course, [UNIT])
    paths = CoursePaths(scratch)
    assert make_url(paths.coursedir.db_url).database == (scratch / "gradebook.db").as_posix()
    assert located(scratch) == located(ROOT)
    assert paths.solution_file(UNIT).is_file()
    assert sorted(private_course.rglob("*")) == before


@pytest.mark.parametrize("command", ["grade", "report"])
def test_instructors_commands_need_no_folder_called_solutions(private_course, monkeypatch, command):
    monkeypatch.chdir(private_course)
    outcome = CliRunner().invoke(main, [command, "02_none"])
    assert outcome.exit_code == 1
    assert "no course" not in outcome.output
    assert "02_none" in outcome.output


@pytest.mark.parametrize("text", ["01", "1", "01_T", "01_tiny", "01_TINY", "01_tiny/", "solutions/01_tiny.py"])
def test_a_unit_has_several_short_names(text):
    assert find_unit(text, ["00_start", UNIT, "02_none"]) == UNIT


@pytest.mark.parametrize("text", ["", "7", "01_timy", "tiny"])
def test_another_unit_is_answered_with_the_list(text):
    with pytest.raises(ValueError, match=f"no unit '{text}': the course has 00_start, 01_tiny"):
        find_unit(text, ["00_start", UNIT])


@pytest.mark.parametrize("command", ["grade", "report", "sample-class"])
def test_a_misspelled_unit_is_an_error_and_leaves_no_file(private_course, monkeypatch, command):
    monkeypatch.chdir(private_course)
    before = sorted(private_course.rglob("*"))
    outcome = CliRunner().invoke(main, [command, "01_tony"])
    assert outcome.exit_code == 1
    assert outcome.output == "Error: no unit '01_tony': the course has 01_tiny\n"
    assert sorted(private_course.rglob("*")) == before


def test_grading_a_unit_that_was_not_released_makes_no_gradebook(private_course, monkeypatch):
    monkeypatch.chdir(private_course)
    outcome = CliRunner().invoke(main, ["grade", "1"])
    assert "run `tlcourse release 01_tiny` first" in outcome.output
    assert not list(private_course.glob("*.db"))


@pytest.mark.parametrize("command", ["grade", "report", "sample-class"])
def test_a_misspelled_unit_is_answered_without_the_imports_that_take_seconds(private_course, command):
    """TensorFlow's and nbgrader's; the configuration names its folders as plain text."""
    code = (
        "import sys; from click.testing import CliRunner; from tlcourse.commands.main import main\n"
        "done = CliRunner().invoke(main, [sys.argv[1], '01_tony'])\n"
        "print(done.output, sorted({'tensorflow', 'keras', 'nbgrader', 'nbclient', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, command], cwd=private_course, capture_output=True, encoding="utf-8"
    )
    assert done.stdout == "Error: no unit '01_tony': the course has 01_tiny\n []\n", done.stderr


@pytest.mark.parametrize("name", ["a b", "a?b", "a%20b#c", "ü(1)+{x}", "*"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_the_gradebooks_address_is_right_whatever_the_courses_path(tmp_path, private_course, name):
    course = shutil.copytree(private_course, tmp_path / name)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for url in (gradebook_url(course), CoursePaths(course).coursedir.db_url):
        assert make_url(url).database == f"{course}/gradebook.db"
    assert make_url(CoursePaths(course).coursedir.db_url).query == {"timeout": "30"}


@pytest.mark.parametrize("command", ["grade", "report", "sample-class"])
def test_a_course_in_whose_path_nbgrader_finds_nothing_is_an_error(tmp_path, private_course, monkeypatch, command):
    course = shutil.copytree(private_course, tmp_path / "course [1]")
    monkeypatch.chdir(course)
    outcome = CliRunner().invoke(main, [command, "01"])
    assert outcome.exit_code == 1
    assert outcome.output == f"Error: nbgrader takes the '[' in {course} for a pattern: rename the folder\n"
