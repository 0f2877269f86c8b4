# title: a function without the import that it needs
# kind: accident
# status: graded
# earns: 1

# %% double
def double(number):
    return math.prod([2, number])
