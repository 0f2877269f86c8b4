# title: the check keeps its identity and gets other code
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
def returns(function, arguments, expected, mistakes=None, tolerance=1e-6):
    return expected


checks.returns.__code__ = returns.__code__

# %% double
def double(number):
    return 0

# %% triple
def triple(number):
    return 0
