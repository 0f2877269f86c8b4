# title: takes inotify watches, epolls, timers and event counters
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import ctypes
import select

libc = ctypes.CDLL(None)
held = []
for make in (lambda: libc.inotify_init1(0), lambda: libc.eventfd(0, 0), lambda: libc.timerfd_create(1, 0)):
    for _ in range(200):
        held.append(make())
try:
    for _ in range(2_000):
        held.append(select.epoll())
except OSError as error:
    print(error)
