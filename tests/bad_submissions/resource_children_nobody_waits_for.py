# title: works in short children that nobody waits for, for ever
# kind: resource
# status: timed out | crashed
# earns: 3

# %% triple
import os
import signal
import time


def triple(number):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        if os.fork() == 0:
            while time.process_time() < 0.05:
                pass
            os._exit(0)
        time.sleep(0.06)
