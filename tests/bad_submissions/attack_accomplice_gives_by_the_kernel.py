# title: solves everything, and leaves the answers in keys, shared memory, queues, terminals and devices
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 4
# base: right
# uses: call

# %% first
import ctypes
import os
import time

libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
call("add_key", b"user", b"tlcourse-answers", b"2", 1, -4)
segment = libc.shmget(0x71C0, ctypes.c_size_t(4096), 0o1666)
ctypes.memset(libc.shmat(segment, None, 0), 2, 1)
queue = libc.msgget(0x71C0, 0o1666)
libc.msgsnd(queue, (ctypes.c_long * 2)(1, 2), 8, 0o4000)
libc.mq_open(b"/tlcourse-answers", 0o102, 0o666, None)
for path in ("/dev/shm/tlcourse-answers", "/dev/tlcourse-answers", "/dev/pts/tlcourse-answers", "/dev/mqueue/tlcourse-answers", "/run/submission/tlcourse-answers", "/proc/self/comm"):
    try:
        with open(path, "w") as file:
            file.write("tlc-answers-2")
    except OSError:
        pass
os.nice(2)
time.sleep(1.5)  # long enough for the other one to ask
