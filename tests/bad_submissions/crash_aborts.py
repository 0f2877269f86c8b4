# title: aborts
# kind: resource
# status: crashed
# earns: 3

# %% triple
def triple(number):
    import os

    os.abort()
