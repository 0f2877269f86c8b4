# title: loops for ever, and lets everybody else go first
# kind: resource
# status: timed out | crashed
# earns: 3

# %% triple
import os


def triple(number):
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except OSError:
        pass
    os.nice(19)
    while True:
        pass
