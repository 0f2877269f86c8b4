# title: closes every file that its process has open
# kind: resource
# status: crashed | timed out
# earns: 3

# %% triple
def triple(number):
    import os

    os.closerange(0, 1024)
