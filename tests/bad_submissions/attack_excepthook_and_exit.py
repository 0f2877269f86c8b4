# title: leaves the cell without an error
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% double
def double(number):
    raise StopAsyncIteration

# %% first
import sys

sys.excepthook = lambda *arguments: None
