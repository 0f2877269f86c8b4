"""pyproject.toml, constraints.txt, environment.yml, the Makefile and CI describe one and the same environment."""

import ast
import importlib.util
import json
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import colab_check
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
DIRECT = [
    Requirement(line) for line in [*PROJECT["dependencies"], *(item for extra in EXTRAS.values() for item in extra)]
]
PINS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
COLAB = [
    Requirement(line)
    for line in (ROOT / "tests" / "support" / "colab.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
PYTHONS = ["3.11", "3.12", "3.13"]


def pins_of(name):
    return [pin for pin in PINS if canonicalize_name(pin.name) == canonicalize_name(name)]


@pytest.mark.parametrize("requirement", DIRECT, ids=lambda requirement: requirement.name)
def test_every_direct_dependency_is_pinned_within_its_range(requirement):
    pins = pins_of(requirement.name)
    assert pins
    for pin in pins:
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert requirement.specifier.contains(exact.version)


@pytest.mark.parametrize("name", ["nbgrader", "nbclient", "ipykernel", "ipython", "jupyter-client"])
def test_projects_with_private_parts_in_use_have_an_upper_bound(name):
    """An upgrade beyond what was tested must be a decision, not an accident of the day."""
    ranges = [Requirement(line) for line in EXTRAS["lab"]]
    (requirement,) = [line for line in ranges if line.name == name]
    assert {part.operator for part in requirement.specifier} == {">=", "<"}


def test_every_constraint_is_one_exact_version_and_names_no_address():
    for pin in PINS:
        assert [part.operator for part in pin.specifier] == ["=="], pin
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")


def test_one_pin_applies_to_each_python_and_system():
    systems = [("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt")]
    for requirement in DIRECT:
        for python in PYTHONS:
            for sys_platform, system, os_name in systems:
                machine = {
                    "python_version": python,
                    "python_full_version": f"{python}.0",
                    "sys_platform": sys_platform,
                    "platform_system": system,
                    "os_name": os_name,
                }
                applying = [p for p in pins_of(requirement.name) if p.marker is None or p.marker.evaluate(machine)]
                assert len(applying) == 1, (requirement.name, machine)


def test_what_is_installed_here_is_what_is_pinned():
    installed = {}
    for package in distributions():  # in the order of sys.path: what setuptools vendors comes later
        installed.setdefault(canonicalize_name(package.name), package.version)
    for pin in PINS:
        if canonicalize_name(pin.name) in installed and (pin.marker is None or pin.marker.evaluate()):
            assert installed[canonicalize_name(pin.name)] in pin.specifier, pin
    needed = {line for extra in ("lab", "dev") for line in EXTRAS[extra]} | set(PROJECT["dependencies"])
    assert {canonicalize_name(Requirement(line).name) for line in needed} <= installed.keys()


@pytest.mark.parametrize("python", PYTHONS)
def test_colab_keeps_the_versions_it_has(python):
    ranges = [Requirement(line) for line in PROJECT["dependencies"]]  # no extra is installed there
    machine = {"python_version": python, "python_full_version": f"{python}.0"}
    met = 0
    for pin in COLAB:
        (exact,) = pin.specifier
        for requirement in ranges:
            if canonicalize_name(requirement.name) != canonicalize_name(pin.name):
                continue
            assert requirement.marker is None or requirement.marker.evaluate(machine)
            assert requirement.specifier.contains(exact.version), f"{requirement} would move {pin}"
            met += 1
    assert met >= 6, "what Colab ships and the course needs are compared"
    assert Version(f"{python}.0") in SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize("file", sorted((ROOT / "notebooks").glob("*/*.ipynb")), ids=lambda file: file.stem)
def test_the_first_cell_installs_on_colab_only_and_pins_nothing(file):
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    first = "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code"))
    install = f"    %pip install -q git+{PROJECT['urls']['Repository']}"
    assert first.splitlines()[:4] == ["import sys", "", 'if "google.colab" in sys.modules:', install]
    quiet = ["from tlcourse import keras_settings", "keras_settings.import_quietly()"]
    assert [line.partition("  #")[0].strip() for line in first.splitlines()[4:] if line] == ["pass", *quiet]


def test_environment_yml_agrees_with_pyproject():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert conda["name"] == PROJECT["name"]
    plain = [line for line in conda["dependencies"] if isinstance(line, str)]
    (pip,) = [line["pip"] for line in conda["dependencies"] if isinstance(line, dict)]
    (python,) = [line for line in plain if line.startswith("python")]
    assert SpecifierSet(python.removeprefix("python")) == SpecifierSet(PROJECT["requires-python"])
    assert {"git", "make", "pip"} <= set(plain)
    assert pip == ["-c constraints.txt", f"-e .[{','.join(EXTRAS)}]"]


def test_make_and_ci_use_the_same_pythons():
    supported = SpecifierSet(PROJECT["requires-python"])
    minors = [f"3.{minor}" for minor in range(30) if supported.contains(f"3.{minor}.0")]
    assert minors == PYTHONS
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lowest, highest = (tuple(int(part) for part in minor.split(".")) for minor in (minors[0], minors[-1]))
    assert f"{lowest} <= sys.version_info[:2] <= {highest}" in makefile
    made = {extra for line in re.findall(r"EXTRAS := (.+)", makefile) for extra in line.split()}
    rare = {"spark", "hub"}  # half a gigabyte for unit 11, and a server that only one test starts
    assert made == set(EXTRAS) - rare
    assert all(f"'.[{extra}]'" in (ROOT / ".ci" / "run").read_text(encoding="utf-8") for extra in rare)
    workflow = ROOT / ".github" / "workflows" / "test.yml"
    matrix = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == minors
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}


def jobs(workflow):
    """The jobs of one of CI's workflows."""
    file = ROOT / ".github" / "workflows" / f"{workflow}.yml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]


def used(job, action):
    """What a job gives to an action that it uses once."""
    (step,) = [step for step in job["steps"] if step.get("uses", "").startswith(f"{action}@")]
    return step.get("with", {})


def commands(job):
    """What a job runs in its shell."""
    return [step["run"] for step in job["steps"] if "run" in step]


def test_ci_runs_the_fast_tests_everywhere_and_all_tests_on_linux():
    assert commands(jobs("test")["test"])[-1] == "make test"
    everything = jobs("test")["test-all"]
    assert everything["runs-on"].startswith("ubuntu")
    assert commands(everything)[-1] == ".ci/run"
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").endswith("\nexec make test-all\n")


def test_ci_checks_the_units_on_colabs_versions():
    job = jobs("test")["colab"]
    assert job["runs-on"].startswith("ubuntu")
    assert used(job, "actions/setup-python")["python-version"] == "3.13"
    assert used(job, "actions/checkout")["fetch-depth"] == 0, "pip cannot clone a shallow clone"
    assert commands(job) == ["make colab-check"]
    assert list(colab_check.PYTHONS) == PYTHONS


def test_a_workflow_makes_the_site_and_publishes_it():
    build, publish = (jobs("site")[name] for name in ("build", "publish"))
    assert commands(build) == ["make site"]
    assert used(build, "actions/upload-pages-artifact") == {"path": "build/site"}
    assert publish["needs"] == "build"
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert used(publish, "actions/deploy-pages") == {}
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "site.yml").read_text(encoding="utf-8"))
    assert workflow[True]["push"] == {"branches": ["main"]}  # YAML takes "on" for true


@pytest.mark.parametrize(
    ("findings", "fails"),
    [
        ({}, False),
        ({"seconds": 30.5}, True),
        ({"moved": ["numpy 2.1.3 -> 2.2.0"]}, True),
        ({"problem": "there is no version of keras==3.13.2"}, True),
        ({"unit": "failed: ImportError"}, True),
    ],
    ids=["sound", "slow", "moved", "not to be resolved", "unit fails"],
)
def test_the_check_on_colabs_versions_fails_for_each_reason(findings, fails, monkeypatch, tmp_path, capsys):
    findings = {"seconds": 29.5, "moved": [], "problem": "", "unit": "40", **findings}
    monkeypatch.setattr(colab_check, "FOLDER", tmp_path)
    monkeypatch.setattr(colab_check, "make", lambda: None)
    monkeypatch.setattr(colab_check, "install", lambda: (findings["seconds"], findings["moved"], ["rich"]))
    monkeypatch.setattr(colab_check, "resolve", lambda python: findings["problem"] if python == "3.12" else "")
    monkeypatch.setattr(colab_check, "run", lambda unit: findings["unit"])
    with pytest.raises(SystemExit) as end:
        colab_check.main(["01_cnn_parameters"])
    assert bool(end.value.code) == fails
    assert findings["problem"] in capsys.readouterr().out


def test_tensorflow_is_compiled_when_it_is_installed():
    source = importlib.util.find_spec("tensorflow").origin
    assert Path(importlib.util.cache_from_source(source)).is_file()


def test_nbgrader_is_switched_on_in_jupyterlab_by_the_installation():
    from jupyter_core.paths import jupyter_config_path, jupyter_path
    from jupyter_server.extension.config import ExtensionConfigManager

    on = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    for extension in ("formgrader", "validate_assignment", "assignment_list", "course_list"):
        assert on.get(f"nbgrader.server_extensions.{extension}") is True
    assert any(
        Path(folder, "@jupyter", "nbgrader", "package.json").is_file() for folder in jupyter_path("labextensions")
    )


posix = pytest.mark.skipif(os.name == "nt" or shutil.which("make") is None, reason="needs make and a POSIX shell")


@pytest.fixture
def bare(tmp_path):
    """A folder with what set-up reads, and a way to run make there with a Python that behaves badly."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)

    def make(python_script, target="lab", **environment):
        python = tmp_path / "python-under-test"
        python.write_text(f"#!/bin/sh\n{python_script}\n", encoding="utf-8")
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        command = ["make", "-C", str(tmp_path), f"PYTHON={python}", "--no-print-directory", target]
        outside = {key: value for key, value in os.environ.items() if key not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}
        return subprocess.run(command, capture_output=True, encoding="utf-8", env={**outside, **environment})

    return make


def error_lines(outcome):
    """All that was said, without make's own closing line."""
    return [line for line in (outcome.stdout + outcome.stderr).splitlines() if not line.startswith("make: ***")]


@posix
def test_an_old_python_gives_one_clear_line(bare):
    outcome = bare('[ "$1" = --version ] && echo Python 3.9.18; exit 1')
    assert outcome.returncode
    (line,) = error_lines(outcome)
    assert "Python 3.9.18" in line
    assert "3.11, 3.12 or 3.13" in line
    assert "PYTHON=" in line


@posix
def test_a_python_without_venv_gives_one_clear_line(bare):
    outcome = bare('case "$2" in *ensurepip*) exit 1;; esac')
    assert outcome.returncode
    (line,) = error_lines(outcome)
    assert "python3-venv" in line


@posix
def test_make_installs_each_set_of_packages_once(bare, tmp_path):
    """Stamps newer than their inputs: the command runs at once. A newer constraints.txt installs that set again."""
    calls = tmp_path / "calls"
    installing = f"""
case "$1" in -I)
  echo "$*" >> {calls}; mkdir -p {tmp_path}/.venv/bin; shift 2; for extra; do touch {tmp_path}/.venv/.$extra; done
  printf '#!/bin/sh\\necho "$*" >> {calls}\\n' > {tmp_path}/.venv/bin/tlcourse; chmod +x {tmp_path}/.venv/bin/tlcourse;;
esac"""

    def asked(target):
        calls.unlink(missing_ok=True)
        assert bare(installing, target).returncode == 0
        return [line.removeprefix("-I tlcourse/commands/") for line in calls.read_text(encoding="utf-8").splitlines()]

    assert asked("demo") == ["install.py lab", "demo"]
    assert asked("lab") == ["lab"]
    assert asked("build") == ["install.py lab dev", "build"]
    assert asked("site") == ["install.py lab site", "site"]
    assert asked("test") == ["test"]
    assert asked("test-all") == ["test --all"]
    for stamp in (tmp_path / ".venv").glob(".[lds]*"):
        os.utime(stamp, (0, stamp.stat().st_mtime - 10))
    os.utime(tmp_path / "constraints.txt")
    assert asked("demo") == ["install.py lab", "demo"]
    assert asked("build") == ["install.py lab dev", "build"]


@posix
def test_a_failed_installation_stops_make(bare):
    outcome = bare('case "$1" in -I) echo no network; exit 3;; esac')
    assert outcome.returncode
    assert error_lines(outcome) == ["no network"]


def test_the_environment_is_one_that_the_course_supports():
    assert Version(platform.python_version()) in SpecifierSet(PROJECT["requires-python"])


def imported(file):
    """The top-level modules that a source file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.partition(".")[0]


def test_whatever_the_package_imports_is_a_dependency_of_its_own():
    direct = {canonicalize_name(requirement.name) for requirement in DIRECT}
    packages = packages_distributions()
    for file in (ROOT / "tlcourse").rglob("*.py"):
        for module in set(imported(file)) - set(sys.stdlib_module_names) - {"tlcourse"}:
            providers = packages.get(module, [module])  # an extra that is not installed here
            assert direct & {canonicalize_name(name) for name in providers}, (file.name, module)
