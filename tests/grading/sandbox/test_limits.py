"""What a submission shares with others and what it may use, measured without cgroups: the fallback, for real.

Every test runs code in the sandbox of this machine; where that has cgroups, they do the same and more.
"""

import ast
import asyncio

import confined_code
import pytest

from tlcourse.grading.sandbox import bubblewrap
from tlcourse.grading.sandbox.fork_server import BubblewrapSandbox

namespaces = pytest.importorskip("tlcourse.grading.sandbox.guest.namespaces", reason="needs Linux")
pytestmark = pytest.mark.needs_sandbox
MEMORY = "it used more than 256 MB of memory"


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox without TensorFlow."""
    box = BubblewrapSandbox()
    yield box
    box.close()


# --- memory that is in no process' own: 600 MB at a limit of 256

FILL = "def fill(file):\n    for _ in range(60):\n        file.write(bytes(10 << 20))\n"
HIDDEN = {
    "memfd_create": "import os, time\n" + FILL + "fill(open(os.memfd_create('x'), 'wb', 0))\ntime.sleep(60)",
    "a mapping of a closed file": (
        "import mmap, os, time\n" + FILL + "number = os.memfd_create('x')\nfile = open(number, 'wb', 0)\n"
        "os.ftruncate(number, 600 << 20)\nmapped = mmap.mmap(number, 600 << 20)\nfor _ in range(60):\n"
        "    file.write(bytes(10 << 20))\nmapped2 = ctypes = None\nfile.close()\ntime.sleep(60)"
    ),
    "System V": (
        "import ctypes, time\nlibc = ctypes.CDLL(None)\nlibc.shmat.restype = ctypes.c_void_p\n"
        "number = libc.shmget(0, ctypes.c_size_t(600 << 20), 0o1600)\nplace = libc.shmat(number, None, 0)\n"
        "ctypes.memset(place, 1, 600 << 20)\nlibc.shmdt(ctypes.c_void_p(place))\ntime.sleep(60)"
    ),
    "page tables of pages that are only read": (
        "import ctypes, mmap, time\nlibc, size = ctypes.CDLL(None), 300 << 30\nlibc.mmap.restype = ctypes.c_void_p\n"
        "place = libc.mmap(None, ctypes.c_size_t(size), mmap.PROT_READ, 0x4022, -1, ctypes.c_long(0))\n"
        "for start in range(place, place + size, 2 << 20):\n    ctypes.string_at(start, 1)\ntime.sleep(60)"
    ),
    "anonymous pages that are shared and given back": (
        "import mmap, time\npages = mmap.mmap(-1, 600 << 20)\nfor place in range(0, 600 << 20, 4096):\n"
        "    pages[place] = 1\n    if place % (10 << 20) == 0:\n        pages.madvise(mmap.MADV_DONTNEED)\n"
        "pages.madvise(mmap.MADV_DONTNEED)\ntime.sleep(60)"
    ),
    "a child whose main thread has ended": (
        "import ctypes, os, threading, time\n"
        "def hold():\n    global data\n    data = b'x' * (60 << 20)\n    time.sleep(60)\n"
        "for _ in range(6):\n    if os.fork() == 0:\n        threading.Thread(target=hold).start()\n"
        "        time.sleep(0.3)\n        ctypes.CDLL(None).syscall(60 if os.uname().machine == 'x86_64' else 93, 0)\n"
        "time.sleep(60)"
    ),
}
QUICK = ("memfd_create", "System V")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in HIDDEN]
)
def test_memory_outside_of_a_process_counts(sandbox, name):
    assert confined_code.run(sandbox, HIDDEN[name], disk_megabytes=700).reason == MEMORY


def test_memory_within_the_limit_is_left_alone(sandbox):
    code = "import os\nfile = open(os.memfd_create('x'), 'wb', 0)\nfile.write(bytes(60 << 20))\nimport time\n"
    outcome = confined_code.run(
        sandbox, code + "open('/tmp/x', 'wb').write(bytes(20 << 20))\ntime.sleep(2)\nprint(1)", disk_megabytes=200
    )
    assert (outcome.reason, outcome.text) == (None, "1\n")


# --- time


def test_uninterruptible_sleep_counts_as_sleep(sandbox):
    """A child that has its parent's memory (CLONE_VFORK) sleeps; the parent is in state D until it ends."""
    code = "import ctypes\nlibc = ctypes.CDLL(None)\nif libc.vfork() == 0:\n    libc.sleep(60)\n    libc._exit(0)"
    outcome = confined_code.run(sandbox, code, seconds=3)
    assert not outcome.finished
    assert outcome.idle > 1.5


SPIN = "import os, time\ndef spin(seconds):\n    while time.process_time() < seconds: pass\n"


def test_waiting_for_a_processor_is_measured_and_is_neither_work_nor_sleep(sandbox):
    """Two processes want the same processor: each waits as long as the other has it."""
    code = SPIN + (
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nif os.fork() == 0:\n    spin(1.5)\n    os._exit(0)\n"
        "spin(time.process_time() + 1.5)\nos.wait()\ntime.sleep(0.5)"
    )
    outcome = confined_code.run(sandbox, code, seconds=60)
    assert outcome.finished
    assert outcome.waited_seconds > 0.7


def test_a_process_that_sleeps_does_not_wait_for_a_processor(sandbox):
    outcome = confined_code.run(sandbox, "import time\ntime.sleep(3)", seconds=60)
    assert outcome.finished
    assert outcome.idle > 1.5
    assert outcome.waited_seconds < 1


@pytest.mark.slow
def test_children_that_nobody_waits_for_cost_their_time(sandbox):
    """Linux gives the time of children to a parent only if it waits for them."""
    code = (
        "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\nfor _ in range(4):\n"
        "    if os.fork() == 0:\n        while time.process_time() < 0.8: pass\n"
        "        os._exit(0)\n    time.sleep(2)\n"
    )
    outcome = confined_code.run(sandbox, code, seconds=30)
    assert outcome.finished
    assert outcome.cpu_seconds > 1.2  # of 3.2: what the last look at each had seen


# --- what belongs to one submission alone


def test_no_thread_of_the_kernel_has_privileges(sandbox):
    code = (
        "import os\nfor thread in os.listdir('/proc/self/task'):\n"
        "    for line in open(f'/proc/self/task/{thread}/status'):\n"
        "        if line.startswith(('CapEff', 'CapPrm', 'NoNewPrivs', 'Seccomp:')):\n            print(*line.split())"
    )
    lines = set(confined_code.run(sandbox, code).text.splitlines())
    filtered = {"Seccomp: 2"} if sandbox.filtered else {"Seccomp: 0"}
    assert lines == {"CapEff: 0000000000000000", "CapPrm: 0000000000000000", "NoNewPrivs: 1"} | filtered


def test_two_submissions_have_users_devices_and_folders_of_their_own(sandbox):
    code = (
        "import os, time\nprint([os.getuid(), os.readlink('/proc/self/ns/user')], "
        "*(os.stat(path).st_dev for path in ('/dev', '/dev/pts', '/dev/shm', '/tmp', '/home/student')))\ntime.sleep(1)"
    )
    first, second = asyncio.run(confined_code.run_side_by_side(sandbox, [code, code]))
    users, devices = zip(*(outcome.text.split("] ") for outcome in (first, second)), strict=True)
    assert users[0] != users[1]
    assert not set(devices[0].split()) & set(devices[1].split())


def test_nothing_can_be_written_but_the_submissions_own_folders(sandbox):
    code = (
        "import os\nmounts = {line.split()[4]: line.split()[5] for line in open('/proc/self/mountinfo')}\n"
        "print([path for path, options in mounts.items() if 'rw' in options.split(',')])\n"  # the uppermost mount
        "print(os.listdir('/run/grading'), os.listdir('/run/submission'))"
    )
    writable, sockets = confined_code.run(sandbox, code).text.splitlines()
    folders = {path for path in ast.literal_eval(writable) if not path.startswith(("/proc", "/dev/"))}
    assert folders | {"/dev/shm"} == set(bubblewrap.WRITABLE_FOLDERS)
    devices = {path for path in ast.literal_eval(writable) if path.startswith("/dev/")}
    assert devices <= {f"/dev/{name}" for name in (*namespaces.DEVICES, "shm", "pts")}
    assert sockets == "[] []"


def test_one_submissions_children_leave_the_others_their_processes(sandbox):
    sleeping = "import subprocess, time\nfor _ in range(45):\n    subprocess.Popen(['sleep', '60'])\ntime.sleep(4)"
    neighbor = "import time\ntime.sleep(1.5)\n" + sleeping.replace("60", "1").replace("time.sleep(4)", "print('all')")
    _, honest = asyncio.run(confined_code.run_side_by_side(sandbox, [sleeping, neighbor]))
    assert honest.text == "all\n"


def test_no_file_is_shared_with_other_submissions(sandbox):
    """Whoever runs later could read what was written to the server's log."""
    outcome = confined_code.run(
        sandbox, "import os\nfor n in os.listdir('/proc/self/fd'):\n    print(os.path.realpath(f'/proc/self/fd/{n}'))"
    )
    kept = [path for path in outcome.text.split() if path.endswith("/log")]
    assert "/dev/null" in outcome.text
    assert not kept
