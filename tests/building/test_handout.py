"""What students get contains no solution, no hidden test and no seed; the search finds each of them where it is."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, TINY

from tlcourse import notebooks
from tlcourse.building import handout, leaks, private_course, unit_release
from tlcourse.grading.gradebook import scratch_course
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.model.course_file import timezone_named
from tlcourse.notebooks import write_atomically

UNIT = TINY.stem
REAL = "01_cnn_parameters"
SEED = "123456789012"
WHEEL = "tlcourse-0.1.0-py3-none-any.whl"


def empty_wheel(folder):
    """A wheel without files, in the place of the one that takes seconds to build."""
    zipfile.ZipFile(folder / WHEEL, "w").close()
    return folder / WHEEL


@pytest.fixture
def course(released_course, tmp_path, monkeypatch):
    """A private course of the tiny unit, released, whose students install from an address."""
    folder = shutil.copytree(released_course, tmp_path / "course")
    settings = f'[course]\nid = "here"\nname = "Numbers"\ninstall = "https://example.org/{WHEEL}"\n'
    write_atomically(folder / "course.toml", settings)
    monkeypatch.setattr(handout, "build_wheel", empty_wheel)
    write_atomically(folder / "grading_records" / UNIT / "seed.txt", f"{SEED}\n")
    monkeypatch.delenv("TLCOURSE_GRADING_SEED")
    unit_release.builder.build(UNIT, execute=False, root=folder)
    unit_release.release_built(NbgraderCourse(folder), UNIT)
    return folder


@pytest.fixture
def secrets(course):
    """What students of the course must not read."""
    return handout.secrets_of(NbgraderCourse(course))


def test_a_handout_has_the_notebooks_and_describes_the_installation(course, tmp_path):
    folder, archive, *_ = handout.make(course, tmp_path / "handout", [UNIT])
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert files == ["README.md", f"notebooks/{UNIT}/{UNIT}.ipynb"]
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# Numbers\n")
    assert f'-m pip install "tlcourse[lab] @ https://example.org/{WHEEL}"' in text
    with zipfile.ZipFile(archive) as packed:
        assert packed.namelist() == [f"handout/{name}" for name in files]
    before = archive.read_bytes()
    handout.make(course, folder, [UNIT])
    assert archive.read_bytes() == before


def test_the_wheel_for_an_address_is_beside_the_handout(course, tmp_path):
    made = handout.make(course, tmp_path / "made" / "handout", [UNIT])
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["handout", "handout.zip", WHEEL]
    assert made.wheel == tmp_path / "made" / WHEEL
    address = f"https://example.org/{WHEEL}"
    assert made.notes == [f"Upload {WHEEL} to {address}: students install it from there. It is not in the zip file."]


def change_install(course, new):
    """Install something else, and release the unit again."""
    file = course / "course.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(f"https://example.org/{WHEEL}", new), encoding="utf-8")
    unit_release.builder.build(UNIT, execute=False, root=course)
    unit_release.release_built(NbgraderCourse(course), UNIT)


def test_an_address_with_another_name_than_the_wheel_is_noted(course, tmp_path):
    change_install(course, "tlcourse @ https://example.org/course.whl#sha256=0")
    made = handout.make(course, tmp_path / "handout", [UNIT])
    assert f"{WHEEL} instead of course.whl: change install in course.toml" in made.notes[1]
    assert '"tlcourse[lab] @ https://example.org/course.whl#sha256=0"' in (made.folder / "README.md").read_text("utf-8")


def test_a_handout_without_a_wheel_to_upload(course, tmp_path, monkeypatch):
    monkeypatch.setattr(handout, "build_wheel", no_wheel)
    made = handout.make(course, tmp_path / "handout", [UNIT])
    assert made.wheel is None
    assert "No wheel was written: there is no pyproject.toml" in made.notes[0]
    change_install(course, "git+https://example.org/course")
    assert handout.make(course, tmp_path / "handout", [UNIT])[2:] == (None, [])


def no_wheel(folder):
    raise RuntimeError(f"there is no pyproject.toml at {folder} to build it from")


@pytest.mark.parametrize(
    ("install", "package"),
    [
        ("https://example.org/t.whl", "tlcourse[lab] @ https://example.org/t.whl"),
        ("git+https://example.org/t", "tlcourse[lab] @ git+https://example.org/t"),
        ("tlcourse", "tlcourse[lab]"),
        ("tlcourse>=0.1", "tlcourse[lab]>=0.1"),
        ("tlcourse @ https://example.org/t.whl", "tlcourse[lab] @ https://example.org/t.whl"),
        ("tlcourse[lab]==0.1", "tlcourse[lab]==0.1"),
        ("--find-links https://example.org tlcourse", "--find-links https://example.org tlcourse"),
        (f"/srv/{WHEEL}", f"/srv/{WHEEL}"),
    ],
)
def test_students_install_the_package_with_jupyterlab(install, package):
    assert handout.with_lab(install) == package


def test_after_a_change_of_install_the_message_names_it(course, tmp_path):
    file = course / "course.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("example.org", "example.com"), encoding="utf-8")
    message = f"install in course.toml has changed since {UNIT} was built: run `tlcourse release {UNIT}`"
    with pytest.raises(ValueError, match=f"^{message}"):
        handout.make(course, tmp_path / "handout", [UNIT])


def test_a_handout_replaces_nothing_but_a_handout(course, tmp_path):
    write_atomically(tmp_path / "own" / "thesis.txt", "years of work")
    with pytest.raises(FileExistsError, match=r"contains more than a handout \(thesis.txt\): name a new folder"):
        handout.make(course, tmp_path / "own", [UNIT])
    assert (tmp_path / "own" / "thesis.txt").is_file()


def test_a_unit_that_was_changed_after_its_release_is_not_handed_out(course, tmp_path):
    source = course / "solutions" / f"{UNIT}.py"
    text = source.read_text(encoding="utf-8").replace("so `double(2)` is 4", "so `double(3)` is 6")
    source.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="has changed since it was built"):
        handout.make(course, tmp_path / "handout", [UNIT])


def test_a_leak_stops_the_handout(course, tmp_path):
    write_atomically(course / "notebooks" / UNIT / "notes.txt", f"the seed is {SEED}")
    with pytest.raises(handout.Leak, match=rf"notes.txt: contains the seed {SEED}"):
        handout.make(course, tmp_path / "handout", [UNIT])
    assert not (tmp_path / "handout").exists()
    assert not (tmp_path / "handout.zip").exists()


def leaking(course, change):
    """The release of the tiny unit after a change of its cells, as text."""
    notebook = notebooks.read(course / "notebooks" / UNIT / f"{UNIT}.ipynb")
    change(next(cell for cell in notebook.cells if cell.id == "test_double"))
    return notebooks.nbformat.writes(notebook)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("grading_plan.json", "{}", "students must not get this file"),
        ("solutions/x.py", "", "students must not get this file"),
        ("notes.md", f"seed {SEED}", "contains the seed"),
        ("checks.py", 'hidden_number = int(checks.grading_rng("double").integers(10, 100))', "no block"),
    ],
)
def test_the_search_names_a_file_that_students_must_not_get(tmp_path, secrets, name, content, message):
    write_atomically(tmp_path / "found" / name, content)
    problems = leaks.search(tmp_path / "found", secrets)
    if message == "no block":
        assert problems == [], "one line of code can be in another file by chance"
    else:
        assert len(problems) == 1
        assert problems[0].startswith(f"{name}: ")
        assert message in problems[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cell: cell.update(source=cell.source + "\n### BEGIN HIDDEN TESTS"), "### BEGIN HIDDEN TESTS"),
        (
            lambda cell: cell.update(source='hidden_number = int(checks.grading_rng("double").integers(10, 100))'),
            "secret",
        ),
        (lambda cell: cell.update(source="Because two are twice one."), "which is secret"),
        (lambda cell: cell.outputs.append(notebooks.nbformat.v4.new_output("stream", text="4")), "outputs"),
    ],
)
def test_the_search_finds_what_was_left_in_a_notebook(course, tmp_path, secrets, change, message):
    write_atomically(tmp_path / "found" / f"{UNIT}.ipynb", leaking(course, change))
    assert message in leaks.search(tmp_path / "found", secrets)[0]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The wheel of this repository."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel")
    return handout.build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def public_secrets():
    """The solutions and hidden tests of all units of the repository."""
    solved = sorted((ROOT / "solutions").glob("*/*.ipynb"))
    assert solved
    return leaks.Secrets([notebooks.read(file) for file in solved])


@pytest.mark.slow
def test_the_wheel_has_the_package_and_no_solution_test_plan_or_hidden_test(wheel, public_secrets):
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert {"tlcourse/checks.py", "tlcourse/data/README.md", "tlcourse/teachers/__init__.py"} <= set(names)
    assert {name.split("/")[0] for name in names} <= {"tlcourse", wheel.name.split("-py3")[0] + ".dist-info"}
    assert leaks.search_wheel(wheel, public_secrets) == []


INSTALLED = """
import json, sys
import tlcourse
print(tlcourse.__file__)
cells = json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
set_up = next(place for place, source in enumerate(sources) if "checks.Progress(" in source)
for source in sources[: set_up + 1]:
    exec(source)
print(progress)
"""


@pytest.fixture
def real_handout(tmp_path, monkeypatch):
    """The handout of a private course with the first real unit, whose students install the wheel in it."""
    monkeypatch.delenv("TLCOURSE_GRADING_SEED")
    settings = private_course.settings_for(ROOT, [REAL], (), {}, id="x", name="X", timezone=timezone_named("UTC"))
    course = private_course.create(tmp_path / "course", ROOT, [REAL], settings)
    scratch_course.run_nbgrader(course, "generate_assignment", REAL, "--force")
    return handout.make(course, tmp_path / "hand out", [REAL])[0]


@pytest.mark.slow
def test_the_first_cells_of_a_unit_run_where_only_the_handouts_wheel_is_installed(real_handout, tmp_path):
    """As its README.md says, but with the packages of this environment: nothing is downloaded."""
    (wheel,) = real_handout.glob("*.whl")
    assert f'-m pip install -c constraints.txt "{wheel.name}[lab]"' in (real_handout / "README.md").read_text("utf-8")
    venv.create(real_handout / ".venv", with_pip=False)
    python = real_handout / ".venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.check_output([python, "-c", code], encoding="utf-8").strip())
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    install = [python, "-m", "pip", "install", "--no-deps", "--no-index", "--ignore-installed", wheel.name]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(install, cwd=real_handout, env=environment, check=True, capture_output=True)
    notebook = Path("notebooks", REAL, f"{REAL}.ipynb")
    folder = real_handout / notebook.parent
    command = [python, "-c", INSTALLED, notebook.name]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    place, *shown = done.stdout.splitlines()
    assert Path(place).is_relative_to(packages), "not the clone's package"
    assert "output_size" in "".join(shown)


@pytest.mark.slow
def test_the_search_of_a_wheel_finds_what_is_added_to_it(wheel, public_secrets, tmp_path):
    solved = sorted((ROOT / "solutions").glob("01_*/01_*.ipynb"))[0]
    cells = json.loads(solved.read_text(encoding="utf-8"))["cells"]
    hidden = next("".join(cell["source"]) for cell in cells if "BEGIN HIDDEN TESTS" in "".join(cell["source"]))
    leaking_wheel = shutil.copy(wheel, tmp_path)
    with zipfile.ZipFile(leaking_wheel, "a") as packed:
        packed.writestr("tlcourse/hidden.py", hidden)
        packed.writestr("tlcourse/solutions/01.py", "")
        packed.write(solved, "tlcourse/01.ipynb")
    problems = "\n".join(leaks.search_wheel(leaking_wheel, public_secrets))
    for message in ("tlcourse/hidden.py: contains", "solutions/01.py: students", "tlcourse/01.ipynb: a notebook"):
        assert message in problems
