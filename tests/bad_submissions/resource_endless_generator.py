# title: returns an endless generator
# kind: resource
# status: graded | timed out
# earns: 3

# %% triple
def triple(number):
    while True:
        yield number
