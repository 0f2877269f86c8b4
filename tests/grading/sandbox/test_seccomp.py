"""The filter of system calls: what it denies on this machine, and what its programs say for each architecture."""

import errno
import json
import platform
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tlcourse.grading.sandbox import seccomp

HEADERS = {"x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "/usr/include/asm-generic/unistd.h"}
ERRORS = {0: "nothing", errno.EPERM: "EPERM", errno.ENOSYS: "ENOSYS", errno.EAFNOSUPPORT: "EAFNOSUPPORT"}
linux = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not seccomp.supported(), reason="needs Linux on x86_64 or aarch64"
)


def all_numbers():
    """Numbers by name, both architectures."""
    others = {"clone3": seccomp.CLONE3, "flock": seccomp.FLOCK}
    tables = [*seccomp.DENIED.values(), seccomp.SUBMISSION_DENIED, seccomp.CONDITIONAL, others]
    return {name: numbers for table in tables for name, numbers in table.items()}


def decide(program, number, arguments=(), architecture=None, machine="x86_64"):
    """What a program answers to one call: "allow", or an error's name. A second reading of the instructions."""
    data = struct.pack(
        "<IIQ6Q",
        number & 0xFFFFFFFF,
        architecture or seccomp.ARCHITECTURES[machine][1],
        0,
        *[*arguments, *[0] * 6][:6],
    )
    instructions, place, register = list(struct.iter_unpack("=HBBI", program)), 0, 0
    while True:
        code, if_true, if_false, value = instructions[place]
        place += 1
        if code == 0x06:
            return "allow" if value == 0x7FFF0000 else ERRORS[value & 0xFFFF]
        if code == 0x20:
            register = struct.unpack_from("<I", data, value)[0]
            continue
        holds = {0x15: register == value, 0x25: register > value, 0x45: bool(register & value)}[code]
        place += if_true if holds else if_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_numbers_are_those_of_linux(machine):
    header = Path(HEADERS[machine])
    if not header.is_file():
        pytest.skip(f"{header} is not there: apt install linux-libc-dev")
    pattern = r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$"
    listed = {name: int(number) for name, number in re.findall(pattern, header.read_text(), flags=re.MULTILINE)}
    column = seccomp.ARCHITECTURES[machine][0]
    for name, numbers in all_numbers().items():
        if name in listed:
            assert numbers[column] == listed[name], name
        else:
            assert numbers[column] is None or numbers[column] > 434, name


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_calls_are_denied_by_number_argument_and_architecture(machine):
    column = seccomp.ARCHITECTURES[machine][0]
    number = {name: numbers[column] for name, numbers in all_numbers().items()}
    for program, is_server in ((seccomp.server_filter(machine), True), (seccomp.submission_filter(machine), False)):

        def answer(name, *arguments, program=program):
            return decide(program, number[name], arguments, machine=machine)

        assert answer("clone3") == "ENOSYS"
        assert answer("clone", 0x01200011) == "allow"  # fork
        assert answer("clone", 0x4111) == "allow"  # vfork
        assert {answer("clone", flag) for flag in (0x10000000, 0x00020000, 0x40000000)} == {"EPERM"}
        assert [answer("socket", family) for family in (1, 2, 10, 16)] == ["allow"] * 4
        assert {answer("socket", family) for family in (17, 38, 40)} == {"EAFNOSUPPORT"}  # packet, crypto, host
        assert answer("prctl", 4, 0) == "EPERM"
        assert (answer("prctl", 4, 1), answer("prctl", 1, 0)) == ("allow", "allow")
        assert (answer("ioctl", 0, 0x5412), answer("ioctl", 0, 0x5401)) == ("EPERM", "allow")
        assert answer("flock", 3, 2) == "nothing"
        assert {answer("fcntl", 3, command) for command in (5, 6, 7, 36, 37, 38)} == {"nothing"}
        assert {answer("fcntl", 3, command) for command in (1024, 1025, 1026)} == {"EPERM"}
        assert {answer("fcntl", 3, command) for command in (0, 1, 2, 3, 4, 8, 1030, 1031)} == {"allow"}
        assert (answer("personality", 0x0040000), answer("personality", 0xFFFFFFFF)) == ("EPERM", "allow")
        assert answer("mount") == ("allow" if is_server else "EPERM")
        assert answer("unshare", 0x10000000) == ("allow" if is_server else "EPERM")
        assert answer("unshare", 0x400) == "allow"  # files, which a thread may want to itself
        assert decide(program, 470, machine=machine) == "ENOSYS"
        assert decide(program, 0x40000000, machine=machine) == "ENOSYS"  # x32
        assert decide(program, 1, architecture=0x40000003) == "ENOSYS"  # 32-bit
        if is_server:
            names = [name for calls in seccomp.DENIED.values() for name in calls if number[name] is not None]
            assert {name: answer(name) for name in names} == dict.fromkeys(names, "EPERM")


def test_programs_are_short_enough_for_the_kernel_and_for_a_pipe():
    for machine in seccomp.ARCHITECTURES:
        assert 8 * 40 < len(seccomp.server_filter(machine)) <= 4096


TRY = """
import ctypes, json, sys
from tlcourse.grading.sandbox import seccomp
from tlcourse.grading.sandbox.guest import namespaces
namespaces.drop_privileges(None)
seccomp.install(seccomp.server_filter())
seccomp.install(seccomp.submission_filter())
libc = ctypes.CDLL(None, use_errno=True)
print(json.dumps([(libc.syscall(*call), ctypes.get_errno()) for call in json.loads(sys.argv[1])]))
"""


@linux
def test_linux_denies_what_the_programs_deny():
    column = seccomp.ARCHITECTURES[platform.machine()][0]
    number = {name: numbers[column] for name, numbers in all_numbers().items()}
    calls = {
        errno.EPERM: [
            [number["keyctl"], 0, -3, 0],
            [number["userfaultfd"], 1],
            [number["unshare"], 0x10000000],
            [number["clone"], 0x10000011, 0, 0, 0, 0],
            [number["prctl"], 4, 0, 0, 0, 0],
            [number["ptrace"], 0, 0, 0, 0],
        ],
        errno.ENOSYS: [[number["clone3"], 0, 0], [600]],
        errno.EAFNOSUPPORT: [[number["socket"], 40, 1, 0]],
    }
    for expected, tried in calls.items():
        done = subprocess.run([sys.executable, "-c", TRY, json.dumps(tried)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == [[-1, expected]] * len(tried)


LOCK = """
import fcntl, os, subprocess, sys
from tlcourse.grading.sandbox import seccomp
from tlcourse.grading.sandbox.guest import namespaces
file = open(sys.argv[1])
whole = {
    "flock": lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB),
    "lockf": lambda: fcntl.lockf(file, fcntl.LOCK_SH),
}
lock = whole[sys.argv[2]]
if sys.argv[3] == "filtered":
    namespaces.drop_privileges(None)
    seccomp.install(seccomp.submission_filter())
lock()
print("locked", flush=True)
sys.stdin.read()
"""


@linux
@pytest.mark.parametrize("kind", ["flock", "lockf"])
def test_a_lock_on_a_shared_file_is_no_message(kind, tmp_path):
    """The lock of a submission is not seen; that of a process without the filter is, so this test can fail."""
    import fcntl

    shared = tmp_path / "weights.h5"
    shared.write_bytes(b"x")
    seen = {}
    for filtered in ("filtered", "free"):
        command = [sys.executable, "-c", LOCK, str(shared), kind, filtered]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout.readline() == "locked\n"
            with shared.open("r+") as file:
                try:
                    (fcntl.flock if kind == "flock" else fcntl.lockf)(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    seen[filtered] = False
                except OSError:
                    seen[filtered] = True
            holder.stdin.close()
    assert seen == {"filtered": False, "free": True}
