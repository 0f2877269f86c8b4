# title: from numpy import * in a scratch cell, and an answer that uses sum
# kind: accident
# status: graded
# earns: 4

# %% first
from numpy import *

# %% double
def double(number):
    return int(sum([number, number]))
