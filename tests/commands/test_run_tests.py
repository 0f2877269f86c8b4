"""`tlcourse test`: which tests a tier has, and that the first check that fails ends it."""

import importlib.util
import re
import subprocess
import tomllib

import pytest
from conftest import ROOT

from tlcourse.commands import run_tests


def test_the_fast_tier_leaves_out_the_markers_of_the_full_tier():
    pytest_settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    markers = dict(line.split(": ", 1) for line in pytest_settings["ini_options"]["markers"])
    full = {name for name, meaning in markers.items() if "only in the full tier" in meaning}
    assert set(re.findall(r"\w+", run_tests.FAST)) - {"not", "or"} == full
    assert "-m" not in run_tests.pytest_options(everything=True)
    assert "--durations=25" in run_tests.pytest_options(everything=True)


@pytest.mark.parametrize("everything", [True, False])
def test_options_come_last_so_that_they_have_the_last_word(everything):
    assert run_tests.pytest_options(everything, ["-m", "slow", "-x"])[-3:] == ["-m", "slow", "-x"]


@pytest.mark.parametrize(("value", "outcome"), [("", "skipped"), ("false", "skipped"), ("true", "errors")])
def test_a_missing_browser_fails_only_where_ci_is_set(pytester, monkeypatch, value, outcome):
    monkeypatch.setenv("CI", value)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if "axe" in name else name)
    pytester.makeconftest("pytest_plugins = ['real_browser']")
    pytester.makepyfile("def test_page(browser): pass\ndef test_engine(axe_engine): pass")
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(**{outcome: 2})


def test_the_first_check_that_fails_ends_it(monkeypatch, tmp_path):
    ran = []

    def run(command, cwd):
        ran.append(command[1:])
        return subprocess.CompletedProcess(command, returncode=3 if "--check" in command else 0)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(SystemExit, match="3"):
        run_tests.main(False, (), tmp_path)
    assert [command[:3] for command in ran] == [["-m", "ruff", "check"], ["-m", "ruff", "format"]]
    monkeypatch.setattr(subprocess, "run", lambda command, cwd: subprocess.CompletedProcess(command, returncode=0))
    run_tests.main(False, (), tmp_path)
