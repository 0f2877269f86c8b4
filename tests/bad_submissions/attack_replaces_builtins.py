# title: Python's own bool and type lie
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import builtins

builtins.bool = lambda value=False: True

# %% double
def double(number):
    return 0

# %% triple
def triple(number):
    return 0
