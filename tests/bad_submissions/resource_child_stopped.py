# title: waits for a child that is stopped
# kind: resource
# status: timed out | crashed
# earns: 3

# %% triple
import os
import signal


def triple(number):
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.waitpid(child, 0)
    return 3 * number
