"""Every exercise gives right answers their points, wrong ones what they deserve, and says why.

The answers are data: solutions/NN_unit/answers/<exercise>.py, one cell an answer.
"""

import re

import answers_runner
import pytest
from answers_runner import ROOT

from tlcourse import notebooks
from tlcourse.building import unit_sources
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.samples import known_answers

FEWEST = {"right": 4, "wrong": 8}
UNGRADED = "00_start_here"
TINY = ROOT / "tests" / "fixtures" / "01_tiny.py"
SOURCES = {file.stem: file for file in sorted((ROOT / "solutions").glob("[0-9]*.py"))}
FILES = sorted((ROOT / "solutions").glob("*/answers/*.py"))
GRADED_WRONG = 4  # answers of each exercise that are checked as in grading, too, besides the right ones


def checked_answers():
    """Answers, and whether as in grading: right ones and a few wrong ones in both ways, the others in the notebook."""
    for file in FILES:
        wrong = 0
        for answer in known_answers.read(file):
            wrong += answer.kind == "wrong"
            name = f"{file.parent.parent.name}-{file.stem}-{answer.kind}: {answer.title}"
            yield pytest.param(file, answer, False, id=f"{name}-notebook")
            if answer.kind == "right" or wrong <= GRADED_WRONG:
                yield pytest.param(file, answer, True, id=f"{name}-graded")


def exercises():
    """All (unit, exercise) of the course; reading a source does not run it."""
    return [(unit, name) for unit, source in SOURCES.items() for name in notebooks.exercises(unit_sources.read(source))]


def by_time(pairs):
    """The same, where those whose checks train a network for many seconds are slow."""
    trains = {"fine_tune", "repaired_recipe", "train_head", "build_resnet_classifier"}
    return [pytest.param(*pair, marks=pytest.mark.slow) if pair[1] in trains else pair for pair in pairs]


def deserves(unit, exercise, answer, outside=False):
    """Fail unless an answer earns its points and its failure says what it should."""
    total = unit.points(exercise)
    due = answer.due(total)
    earned, messages = (unit.grade_outside if outside else unit.grade)(exercise, answer.source)
    assert earned == due, f"earns {earned} of {total}, should earn {due}\n{messages}"
    if answer.kind == "wrong":
        assert earned < total or total == 0, "a wrong answer that earns everything is not wrong"
        assert messages
    if answer.message:
        assert re.search(answer.message, messages, re.IGNORECASE), (
            f"should say '{answer.message}', but says\n{messages}"
        )


@pytest.mark.slow
@pytest.mark.parametrize(("file", "answer", "outside"), checked_answers())
def test_an_answer_gets_its_due_mark(file, answer, outside):
    unit = answers_runner.unit(SOURCES[file.parent.parent.name])
    assert file.stem in unit.exercises, f"{file} answers no exercise of the unit: {', '.join(unit.exercises)}"
    deserves(unit, file.stem, answer, outside)


@pytest.mark.parametrize(("name", "exercise"), by_time(exercises()))
def test_the_reference_earns_all_and_the_untouched_stub_nothing(name, exercise):
    unit = answers_runner.unit(SOURCES[name])
    solution, tests = unit.exercises[exercise]
    assert (unit.points(exercise) > 0) == (name != UNGRADED)
    assert unit.grade(exercise, solution.source) == (unit.points(exercise), "")
    released = notebooks.read(ROOT / "notebooks" / name / f"{name}.ipynb")
    stub = next(cell.source for cell in released.cells if cell.id == exercise)
    (number,) = re.findall(r"""^ *raise NotImplementedError\("Exercise (\d+\.\d) is not solved""", stub, re.MULTILINE)
    earned, messages = unit.grade(exercise, f"{stub}\nprogress.skip('{number}')")  # what this shows earns nothing
    assert earned == 0
    lines = messages.splitlines()
    assert all(line.endswith("not solved yet.") for line in lines), messages
    assert len(lines) == len(tests)


@pytest.mark.parametrize(("name", "exercise"), exercises())
def test_every_exercise_has_enough_answers(name, exercise):
    file = CoursePaths(ROOT).answers_folder(name) / f"{exercise}.py"
    answers = known_answers.read(file) if file.is_file() else []
    for kind, fewest in FEWEST.items():
        titles = [answer.title for answer in answers if answer.kind == kind]
        assert len(set(titles)) >= fewest, f"{file} has {len(titles)} {kind} answers, {fewest} are asked for"


def test_the_runner_itself_separates_right_from_wrong():
    unit = answers_runner.Unit(TINY)
    for answer in known_answers.read(ROOT / "tests" / "fixtures" / "answers" / "double.py"):
        deserves(unit, "double", answer)
    assert unit.grade("triple", "x = 1")[0] == 0, "an answer that defines nothing must not find the reference"
    right = known_answers.Answer("right", "is wrong", "def double(number): return 3", None, None)
    with pytest.raises(AssertionError, match="earns 0 of 3, should earn 3"):
        deserves(unit, "double", right)
    wrong = known_answers.Answer("wrong", "is right", "def double(number): return 2 * number", None, 3)
    with pytest.raises(AssertionError, match="not wrong"):
        deserves(unit, "double", wrong)
    silent = known_answers.Answer("wrong", "says other things", "def double(number): return 3", "squared", None)
    with pytest.raises(AssertionError, match=r"should say 'squared', but says\n.*one is added"):
        deserves(unit, "double", silent)


def test_an_answer_file_with_another_marker_raises(tmp_path):
    for text in ("x = 1\n", "# %% correct: yes\nx = 1\n", "# %% right:\nx = 1\n"):
        (tmp_path / "a.py").write_text(text)
        with pytest.raises(ValueError, match="right"):
            known_answers.read(tmp_path / "a.py")


def test_an_answer_with_another_header_raises(tmp_path):
    (tmp_path / "a.py").write_text("# %% wrong: one is added\n# says: one\nx = 1\n")
    with pytest.raises(ValueError, match="no header is called says: there are message, earns"):
        known_answers.read(tmp_path / "a.py")


def test_an_answer_whose_message_is_no_regular_expression_raises(tmp_path):
    (tmp_path / "a.py").write_text("# %% wrong: one is added\n# message: double(2\nx = 1\n")
    with pytest.raises(ValueError, match=r"a.py: the message 'double\(2' is no regular expression"):
        known_answers.read(tmp_path / "a.py")
