"""User namespaces and users of submissions, as an ordinary user and as root."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import confined_code
import pytest

from tlcourse.grading.sandbox.fork_server import BubblewrapSandbox

namespaces = pytest.importorskip("tlcourse.grading.sandbox.guest.namespaces", reason="needs Linux")
pytestmark = pytest.mark.needs_sandbox
as_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root")

AS_A_USER = """
import ctypes, os, sys
from tlcourse.grading.sandbox.guest import namespaces
if os.getuid() == 0:
    os.setgroups([])
    os.setresgid(*[namespaces.NOBODY] * 3)
    os.setresuid(*[namespaces.NOBODY] * 3)
    ctypes.CDLL(None).prctl(namespaces.PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self belongs to root
print(namespaces.new_namespaces(), flush=True)
if sys.argv[1] == "forbidden":
    namespaces.forbid_user_namespaces()
libc = ctypes.CDLL(None, use_errno=True)
print(libc.unshare(namespaces.CLONE_NEWUSER), ctypes.get_errno())
"""


@pytest.mark.parametrize(("setting", "answer"), [("free", "0 0"), ("forbidden", f"-1 {errno.ENOSPC}")])
def test_below_a_submissions_user_namespace_another_can_be_made_only_if_that_is_not_forbidden(setting, answer):
    """Without the filter of system calls, which denies the same."""
    done = subprocess.run([sys.executable, "-c", AS_A_USER, setting], capture_output=True, encoding="utf-8")
    assert done.stdout.splitlines() == ["True", answer], done.stderr


def test_a_submission_makes_no_user_namespace_in_the_sandbox():
    code = (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.unshare(0x10000000), ctypes.get_errno(), open('/proc/sys/user/max_user_namespaces').read())"
    )
    box = BubblewrapSandbox()
    try:
        result, number, most = confined_code.run(box, code).text.split()
    finally:
        box.close()
    assert (result, number in (str(errno.EPERM), str(errno.ENOSPC))) == ("-1", True)
    if os.getuid():  # root's submissions have no user namespace of their own, whose limit it could be
        assert most == "0"


@as_root
@pytest.mark.parametrize(
    ("uid_map", "first", "number"),
    [
        ("0 0 4294967295\n", *namespaces.FREE_USERS[0]),
        ("0 100000 65536\n", *namespaces.FREE_USERS[1]),
        ("0 0 1\n1 100000 70000\n", *namespaces.FREE_USERS[1]),
        ("0 0 1\n65534 65534 1\n", namespaces.NOBODY, 1),
        ("0 0 62000\n", namespaces.NOBODY, 1),
    ],
)
def test_roots_submissions_get_users_that_the_container_has_and_that_nobody_is(tmp_path, uid_map, first, number):
    file = tmp_path / "uid_map"
    file.write_text(uid_map, encoding="ascii")
    drawn = {namespaces.own_user(file) for _ in range(50)}
    assert min(drawn) >= first
    assert max(drawn) < first + number
    assert len(drawn) > 40 or number == 1


SIDE_BY_SIDE = """
import asyncio, json, os, sys
import confined_code
from tlcourse.grading.sandbox.fork_server import BubblewrapSandbox

ABOUT = "import os, subprocess, time\\nprint(os.getuid(), os.readlink('/proc/self/ns/pid'))\\n"
TRY = "try: os.kill({}, 9)\\nexcept OSError as error: print(type(error).__name__)\\nelse: print('killed')\\n"
attacker = ABOUT + "time.sleep(1)\\n" + TRY.format(1) + TRY.format(-1)
victim = ABOUT + "child = subprocess.Popen(['sleep', '60'])\\ntime.sleep(3)\\nprint(child.poll())\\n"
box = BubblewrapSandbox()
outcomes = asyncio.run(confined_code.run_side_by_side(box, [attacker, victim]))
box.close()
print(json.dumps([[os.getuid(), os.readlink("/proc/self/ns/pid")]] + [outcome.text.split() for outcome in outcomes]))
"""
FEW_USERS = """
import os, sys
from tlcourse.grading.sandbox.guest import namespaces
if (child := os.fork()) == 0:
    namespaces._libc.unshare(namespaces.CLONE_NEWUSER)
    os.kill(os.getpid(), 19)
    os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
os.waitpid(child, os.WUNTRACED)
for name in ("uid_map", "gid_map"):
    with open(f"/proc/{child}/{name}", "w") as file:
        file.write(f"0 0 1\\n{namespaces.NOBODY} {namespaces.NOBODY} 1")
os.kill(child, 18)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@as_root
@pytest.mark.parametrize("users", ["all users", "few users"])
def test_roots_submissions_are_not_root_and_cannot_signal_each_other(users):
    """In a container that has few users, all submissions are nobody: then namespaces alone part them."""
    command = [sys.executable, "-c", *([FEW_USERS] if users == "few users" else []), SIDE_BY_SIDE]
    places = [Path(__file__).parents[3] / "support", *sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places))}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    grader, attacker, victim = json.loads(done.stdout.splitlines()[-1])
    assert grader[0] == 0
    assert "0" not in (attacker[0], victim[0])
    assert (attacker[0] == victim[0] == str(namespaces.NOBODY)) == (users == "few users")
    assert len({grader[1], attacker[1], victim[1]}) == 3
    assert attacker[2:] == ["PermissionError", "ProcessLookupError"], "the first process is root's; it sees no other"
    assert victim[2:] == ["None"], "its child still sleeps"
