# title: a regular expression that backtracks for ever
# kind: resource
# status: timed out
# earns: 3

# %% triple
def triple(number):
    import re

    return re.match(r"(a+)+$", "a" * 60 + "b")
