# title: the names `progress` and `checks` are used for numbers
# kind: accident
# status: graded | repaired
# earns: 4

# %% double
checks = 2
progress = 0.5


def double(number):
    return number * checks
