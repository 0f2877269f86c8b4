# title: an exception with a text of 50 MB
# kind: resource
# status: graded | crashed | timed out
# earns: 3

# %% triple
def triple(number):
    raise ValueError("x" * 50_000_000)
