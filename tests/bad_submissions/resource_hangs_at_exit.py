# title: hangs when the kernel is asked to end
# kind: resource
# status: graded
# earns: 4

# %% last
import atexit
import signal
import time

atexit.register(time.sleep, 10**6)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
