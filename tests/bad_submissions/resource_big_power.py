# title: a power with 369 million digits
# kind: resource
# status: timed out | graded | crashed
# earns: 3

# %% triple
def triple(number):
    return 9**9**9
