# title: kills itself
# kind: resource
# status: crashed
# earns: 3

# %% triple
def triple(number):
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)
