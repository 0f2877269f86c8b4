# title: shows a mark as the result of the check, before the check fails
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% double
def double(number):
    get_ipython().displayhook(2)
    raise NotImplementedError

# %% triple
def triple(number):
    get_ipython().displayhook(1)
    raise NotImplementedError
