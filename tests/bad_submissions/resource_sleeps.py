# title: sleeps for weeks
# kind: resource
# status: timed out
# earns: 3

# %% triple
def triple(number):
    import time

    time.sleep(10**6)
