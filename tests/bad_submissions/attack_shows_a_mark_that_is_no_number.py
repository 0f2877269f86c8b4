# title: shows NaN as the result of the check
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% double
def double(number):
    get_ipython().displayhook(float("nan"))
    raise NotImplementedError
