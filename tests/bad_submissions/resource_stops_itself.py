# title: stops its own process with a signal
# kind: resource
# status: timed out | crashed
# earns: 3

# %% triple
def triple(number):
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)
