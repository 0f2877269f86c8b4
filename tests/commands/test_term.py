"""The page "Running a term", executed: its code blocks in order, with a lecturer's edits in between."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import warm_commands
from conftest import ROOT, TINY

from tlcourse import notebooks
from tlcourse.grading.gradebook.marks import final_marks
from tlcourse.grading.submissions.normalize import added_note
from tlcourse.samples import demo_class

UNIT = "01_cnn_parameters"
PAGE = ROOT / "docs" / "term.md"
NAMES = {"double": "conv_parameters", "triple": "network_parameters"}  # the tiny unit with the names on the page
NEW = '''# %% [markdown]
# ### Exercise 1.2: halve a number


# %% nbgrader={"grade": false, "grade_id": "halve", "locked": false, "schema_version": 3, "solution": true}
def halve(number):
    """Half the number."""
    ### BEGIN SOLUTION
    return number / 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_halve", "locked": true, "points": 5, "solution": false, SCHEMA}
with progress.exercise("halve"):
    checks.returns(halve, (2,), 1)

'''.replace("SCHEMA", '"schema_version": 3')


class Block(NamedTuple):
    """A code block of the page, and the headings above it."""

    section: str
    part: str
    code: str


def blocks():
    """The blocks of the page in order."""
    section, part, found_blocks = "", "", []
    for match in re.finditer(
        r"^(##+) ([^\n]+)$|^```bash\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        if match[3] is not None:
            found_blocks.append(Block(section, part, match[3]))
        elif match[1] == "##":
            section, part = match[2], ""
        else:
            part = match[2]
    return found_blocks


class Lecturer:
    """Runs the blocks in a folder, and edits files as the page asks."""

    def __init__(self, folder):
        self.folder, self.output = folder, ""
        self.environment = dict(os.environ, TLCOURSE_OFFLINE="1", COLUMNS="200", PYTHONPATH=str(ROOT))
        self.environment.pop("TLCOURSE_GRADING_SEED", None)  # the course has its own
        for role in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@example.org"}

    @property
    def course(self):
        """The private course."""
        return self.folder / "ml2026"

    def run(self, code, status=0):
        """Run a block; the next one begins in the folder where this one ends."""
        here = self.folder / ".here"
        start = here.read_text(encoding="utf-8").strip() if here.is_file() else str(self.folder)
        script = f'cd "{start}"\n{code}\npwd > "{here}"'
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], env=self.environment, capture_output=True, encoding="utf-8"
        )
        self.output = done.stdout + done.stderr
        assert done.returncode == status, f"{code}\n{self.output}"

    def edit(self, name, old, new):
        """Replace a text in a file of the course."""
        file = self.course / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} does not contain {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    def submit(self, **answers):
        """Enter a class into the roster, and save its submissions: conv_parameters by student."""
        with (self.course / "roster.csv").open("a", encoding="utf-8") as roster:
            roster.writelines(f"{student}{',' * 7}\n" for student in answers)
        released = notebooks.read(self.course / "notebooks" / UNIT / f"{UNIT}.ipynb")
        for student, body in answers.items():
            filled = demo_class.fill(released, {"conv_parameters": f"def conv_parameters(n):\n    return {body}"})
            text = notebooks.nbformat.writes(filled)
            notebooks.write_atomically(self.course / "submitted" / student / UNIT / f"{UNIT}.ipynb", text)

    def marks(self):
        """The marks in the gradebook: (points, of how many) by student."""
        return {student: (mark.points, mark.max_points) for student, mark in final_marks(self.course, UNIT).items()}


@pytest.fixture
def lecturer(tmp_path):
    """A lecturer with a clone that has one light unit under the name on the page."""
    clone = tmp_path / "tlcourse"
    (clone / "solutions").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", clone)
    text = TINY.read_text(encoding="utf-8")
    for old, new in NAMES.items():
        text = re.sub(rf"\b(test_)?{old}(?=\b|_)", rf"\g<1>{new}", text)
    text = text.replace("You will be able to", "**Time:** 30 minutes. Two exercises, 7 points. You will be able to")
    (clone / "solutions" / f"{UNIT}.py").write_text(text, encoding="utf-8")
    lecturer = Lecturer(tmp_path)
    with warm_commands.running(tmp_path, ("tlcourse", "nbgrader"), lecturer.environment) as tools:
        lecturer.environment["PATH"] = os.pathsep.join([str(tools), lecturer.environment["PATH"]])
        yield lecturer


def before_block(lecturer, block):
    """What the page asks for between its blocks."""
    source, settings = f"solutions/{UNIT}.py", "course.toml"
    if block.section == "Release a unit and hand it out" and not has_hatchling():
        lecturer.edit(settings, "# install = ", 'install = "https://example.org/tlcourse.whl"  # ')
    if block.section == "Collect and grade":
        lecturer.submit(ada="2 * n", bob="n + 2", cy="n + n")
    if block.part == "Fix a hidden test":
        fix_a_hidden_test(lecturer, source)
    if block.part == "Fix a typo":
        lecturer.edit(source, "twice the number, so", "two times the number, so")
    if block.part == "Change points":
        lecturer.edit(settings, "conv_parameters = 4", "conv_parameters = 6")
    if block.part == "Withdraw an exercise":
        lecturer.edit(settings, "conv_parameters = 6", "")
        lecturer.edit(settings, '"network_parameters"', '"conv_parameters"')
    if block.part == "Add an exercise":
        lecturer.edit(settings, '"conv_parameters"', "")
        lecturer.edit(source, "# %% [markdown]\n# ### Exercise 1.2", f"{NEW}# %% [markdown]\n# ### Exercise 1.3")
        lecturer.edit(source, "checks.Progress({", 'checks.Progress({"halve": "Exercise 1.2 halve", ')
    if block.section == "Get newer units":
        (lecturer.folder / "tlcourse" / "nbgrader_config.py").open("a", encoding="utf-8").write("# newer\n")
    if "compare-years" in block.code:
        lecturer.submit(dan="2 * n", eve="n + 2", fay="0")


def fix_a_hidden_test(lecturer, source):
    """Release a wrong test first, which must not be possible, and then the correct one."""
    expected, wrong = "hidden_number,), 2 * hidden_number", "hidden_number,), 3 * hidden_number"
    file = lecturer.course / "notebooks" / UNIT / f"{UNIT}.ipynb"
    before = file.read_bytes()
    lecturer.edit(source, expected, wrong)
    lecturer.run("tlcourse release 01 --no-execute", status=1)
    assert "the unit's own solutions fail these checks: test_conv_parameters" in lecturer.output
    assert file.read_bytes() == before
    lecturer.edit(source, wrong, "hidden_number,), hidden_number + hidden_number")


@pytest.mark.slow
@pytest.mark.needs_sandbox
@pytest.mark.timeout(1800)
def test_the_page_works_as_it_stands(lecturer):
    assert len(blocks()) >= 10
    for block in blocks():
        before_block(lecturer, block)
        lecturer.run(block.code)
        after = AFTER.get(block.part or block.section)
        if after:
            after(lecturer)
    assert lecturer.marks()["dan"][0] > lecturer.marks()["fay"][0]
    assert "change of the share" in lecturer.output
    assert (lecturer.course / "archive" / "2026" / "gradebook.db").is_file()
    seeds = [folder / "grading_records" / UNIT / "seed.txt" for folder in (lecturer.course, archive(lecturer))]
    assert seeds[0].read_text(encoding="utf-8") != seeds[1].read_text(encoding="utf-8")


def archive(lecturer):
    return lecturer.course / "archive" / "2026"


def graded_first(lecturer):
    page = (lecturer.course / "report" / UNIT / "report.html").read_text(encoding="utf-8")
    assert "<li><strong>3 students</strong></li>" in page  # and none of the grading's own files beside the records
    assert lecturer.marks() == {"ada": (4, 7), "bob": (0, 7), "cy": (4, 7)}


def released_handout(lecturer):
    files = [path.name for path in (lecturer.folder / "ml2026" / "handout").rglob("*") if path.is_file()]
    assert f"{UNIT}.ipynb" in files
    assert (lecturer.course / "handout.zip").is_file()


def points_changed(lecturer):
    assert lecturer.marks()["ada"] == (6, 9)
    assert "Points that differ" in lecturer.output


def withdrawn(lecturer):
    assert lecturer.marks()["ada"] == (0, 4)
    assert "withdrawn: test_conv_parameters" in lecturer.output


def added(lecturer):
    assert lecturer.marks()["ada"] == (3, 12)
    record = json.loads((lecturer.course / "grading_records" / UNIT / "ada.json").read_text(encoding="utf-8"))
    assert record["flags"] == [], "the setup cell of the earlier release is no trick"
    assert record["notes"] == [added_note("halve"), added_note("network_parameters")], "which was dropped before"


AFTER = {
    "Release a unit and hand it out": released_handout,
    "Collect and grade": graded_first,
    "Change points": points_changed,
    "Withdraw an exercise": withdrawn,
    "Add an exercise": added,
}


def has_hatchling():
    """Whether this environment can build wheels."""
    command = [sys.executable, "-c", "import hatchling"]
    return subprocess.run(command, capture_output=True, cwd=Path(ROOT).anchor).returncode == 0
