"""Cgroups of version 2, on a fake hierarchy: folders with ordinary files, since this needs systemd or a delegation.

What is real: that the process which is put into a cgroup is the first of its submission, as numbers of processes are
translated between namespaces. What Linux then does with the limits is not tested here.
"""

import asyncio
import os
import re
import sys
from pathlib import Path

import confined_code
import pytest

from tlcourse.grading.sandbox import bubblewrap, cgroups, fork_server, strength

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
LIMITS = {"memory_megabytes": 256, "disk_megabytes": 32, "processes": 64}


@pytest.fixture
def hierarchy(tmp_path, monkeypatch):
    """A fake hierarchy in which every process is in the cgroup "scope"."""
    scope = tmp_path / "scope"
    (scope / "server").mkdir(parents=True)
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    (scope / "cgroup.procs").write_text("")
    (scope / "cgroup.controllers").write_text("memory pids\n")
    monkeypatch.setattr(cgroups, "HIERARCHY", tmp_path)
    monkeypatch.setattr(cgroups, "cgroup_of", lambda pid: scope)
    monkeypatch.setattr(cgroups, "PATIENCE", 0.1)
    return tmp_path


def test_a_cgroup_gets_the_limits_and_holds_time_and_reason(hierarchy):
    delegation = cgroups.Delegation(os.getpid())
    assert (hierarchy / "scope" / "cgroup.subtree_control").read_text() == "+memory +pids"
    cgroup = delegation.make("ab", LIMITS)
    files = {file.name: file.read_text() for file in cgroup.folder.iterdir()}
    limits = {"memory.max": str(256 << 20), "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "64"}
    assert files == limits
    assert (cgroup.cpu_seconds, cgroup.reason) == (0.0, None)
    (cgroup.folder / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\n")
    (cgroup.folder / "memory.events").write_text("low 0\nmax 7\noom 1\noom_kill 3\n")
    assert (cgroup.cpu_seconds, cgroup.reason) == (2.5, "it used more than 256 MB of memory")
    cgroup.close()
    assert (cgroup.folder / "cgroup.kill").read_text() == "1"


def test_an_empty_cgroup_is_removed(hierarchy):
    cgroup = cgroups.Delegation(os.getpid()).make("ab", LIMITS)
    for file in cgroup.folder.iterdir():
        file.unlink()
    cgroup._write = lambda *_: None  # in a real hierarchy its files vanish with the folder
    cgroup.close()
    assert not cgroup.folder.exists()


@pytest.mark.needs_sandbox
def test_the_first_process_of_a_submission_is_put_into_its_cgroup(hierarchy, monkeypatch):
    monkeypatch.setattr(cgroups, "problem", lambda: "")
    monkeypatch.setattr(cgroups, "scope_command", list)
    seen = {}

    def add(cgroup, pid):
        status = Path(f"/proc/{pid}/status").read_text()
        seen["numbers"] = re.search(r"^NSpid:\t(.*)$", status, flags=re.MULTILINE)[1].split("\t")
        (cgroup.folder / "cpu.stat").write_text("usage_usec 7000000\n")
        (cgroup.folder / "memory.events").write_text("oom_kill 1\n")

    monkeypatch.setattr(cgroups.Cgroup, "add", add)
    sandbox = fork_server.BubblewrapSandbox()
    try:
        outcome = confined_code.run(sandbox, "import os\nos._exit(1)")
    finally:
        sandbox.close()
    assert seen["numbers"][-1] == "1"
    assert len(seen["numbers"]) >= 3  # this process', the sandbox's and the submission's namespace
    assert outcome.cpu_seconds == 7
    assert outcome.reason == "it used more than 256 MB of memory"


@pytest.mark.needs_sandbox
def test_a_submission_that_gets_no_cgroup_is_not_run(hierarchy, monkeypatch):
    monkeypatch.setattr(cgroups, "problem", lambda: "")
    monkeypatch.setattr(cgroups, "scope_command", list)
    monkeypatch.setattr(cgroups.Cgroup, "add", lambda *_: (_ for _ in ()).throw(OSError("read-only")))
    sandbox = fork_server.BubblewrapSandbox()
    try:
        with pytest.raises(fork_server.SandboxError, match="cgroup of a submission could not be created: read-only"):
            asyncio.run(sandbox.start_kernel({}, LIMITS))
    finally:
        sandbox.close()


@linux
def test_the_status_line_names_what_is_weaker(monkeypatch):
    monkeypatch.setattr(bubblewrap, "filter_problem", lambda: "the list of system calls does not cover riscv64")
    monkeypatch.setattr(cgroups, "problem", lambda: "systemd-run is not installed")
    line = strength.status_line()
    assert line.startswith("Sandbox: bubblewrap. Weaker than it could be: system calls are not filtered")
    assert "(the list of system calls does not cover riscv64)" in line
    assert "(systemd-run is not installed)" in line
    monkeypatch.setattr(bubblewrap, "filter_problem", str)
    monkeypatch.setattr(cgroups, "problem", str)
    monkeypatch.setattr(strength.os, "getuid", lambda: 1000)
    assert strength.status_line() == "Sandbox: bubblewrap, filtered system calls, a cgroup for each submission."


@linux
def test_a_system_without_version_2_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cgroups, "HIERARCHY", tmp_path)
    assert cgroups.problem.__wrapped__() == "this system has no cgroups of version 2"


def test_a_part_of_the_hierarchy_without_limits_is_named(hierarchy):
    (hierarchy / "scope" / "cgroup.controllers").write_text("pids\n")
    with pytest.raises(OSError, match="systemd delegates no limits on memory"):
        cgroups.Delegation(os.getpid())


@linux
def test_a_systemd_that_gives_no_scope_is_quoted(hierarchy, monkeypatch):
    program = hierarchy / "systemd-run"
    program.write_text("#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{hierarchy}:{os.environ['PATH']}")
    assert cgroups.problem.__wrapped__() == "systemd did not create a scope (Failed to connect to bus)"
