# title: waits for such a child in a cell of its own, which ignores signals
# kind: resource
# status: timed out | crashed
# earns: 4

# %% last
import ctypes
import signal

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
libc = ctypes.CDLL(None)
if libc.vfork() == 0:
    while True:
        libc.pause()
