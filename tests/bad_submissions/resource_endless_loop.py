# title: an endless loop
# kind: resource
# status: timed out
# earns: 3

# %% triple
def triple(number):
    while True:
        pass
