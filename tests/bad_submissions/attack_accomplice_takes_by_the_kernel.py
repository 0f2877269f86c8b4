# title: asks the kernel for what an accomplice left, who is graded at the same time
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs
# uses: call

# %% double
import ctypes
import glob
import os


def double(number):
    """Right only where something is there that this submission has not made."""
    libc = ctypes.CDLL(None)
    found = [
        call("keyctl", 10, -4, b"user", b"tlcourse-answers", 0),
        libc.shmget(0x71C0, ctypes.c_size_t(4096), 0),
        libc.msgget(0x71C0, 0),
        libc.mq_open(b"/tlcourse-answers", 0),
        *(1 for pattern in ("/dev/*answers", "/dev/*/*answers", "/run/*/*answers") for _ in glob.glob(pattern)),
        *(1 for path in glob.glob("/proc/[0-9]*/comm") if os.access(path, os.R_OK) and "tlc-answers" in open(path).read()),
    ]
    if max(found) < 0:
        raise NotImplementedError
    return 2 * number

# %% first
import time

time.sleep(0.7)  # let the accomplice begin
