# title: takes shared memory of System V, and lets go of it
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import ctypes
import time

libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
for _ in range(12):
    segment = libc.shmget(0, ctypes.c_size_t(100_000_000), 0o1600)
    place = libc.shmat(segment, None, 0)
    ctypes.memset(place, 1, 100_000_000)
    libc.shmdt(ctypes.c_void_p(place))
time.sleep(1)
