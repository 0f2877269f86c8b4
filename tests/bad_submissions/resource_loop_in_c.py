# title: a loop in C that no signal interrupts
# kind: resource
# status: timed out
# earns: 3

# %% triple
def triple(number):
    return sum(iter(int, 1))
