# title: stops everything that it may
# kind: attack
# status: crashed | timed out | graded
# earns: 3
# base: right

# %% triple
def triple(number):
    import os
    import signal

    os.kill(-1, signal.SIGSTOP)
    return 0
