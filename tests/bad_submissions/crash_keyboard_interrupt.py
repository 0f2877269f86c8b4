# title: raises KeyboardInterrupt
# kind: resource
# status: graded | crashed
# earns: 3

# %% triple
def triple(number):
    raise KeyboardInterrupt
