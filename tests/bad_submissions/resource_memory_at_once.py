# title: takes a terabyte at once
# kind: resource
# status: graded | crashed
# earns: 3

# %% triple
def triple(number):
    return bytearray(10**12)
