# title: fills message queues of System V and of POSIX
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import ctypes

libc = ctypes.CDLL(None)
message = (ctypes.c_char * 8200)(1)
for _ in range(2_000):
    queue = libc.msgget(0, 0o1600)
    if queue < 0:
        break
    while libc.msgsnd(queue, message, 8000, 0o4000) == 0:
        pass
for number in range(300):
    if libc.mq_open(f"/left-behind{number}".encode(), 0o102, 0o600, None) < 0:
        break
