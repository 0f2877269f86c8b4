# title: sum = 0 in a scratch cell, and an answer that uses sum
# kind: accident
# status: graded
# earns: 1

# %% first
sum = 0

# %% double
def double(number):
    return sum([number, number])
