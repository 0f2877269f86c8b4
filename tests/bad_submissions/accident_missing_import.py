# title: an answer that needs an import which is not there
# kind: accident
# status: graded
# earns: 1

# %% double
@functools.cache
def double(number):
    return 2 * number
