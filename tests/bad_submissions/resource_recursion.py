# title: recursion without end, and without Python's limit
# kind: resource
# status: graded | crashed | timed out
# earns: 3

# %% triple
def triple(number):
    import sys

    sys.setrecursionlimit(10**9)
    return triple(number)
