# title: raises KeyboardInterrupt
# kind: resource
# status: graded
# earns: 3

# %% triple
def triple(number):
    raise KeyboardInterrupt
