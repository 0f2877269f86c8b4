# title: an array of infinities
# kind: attack
# status: graded
# earns: 0
# base: stubs

# %% double
import numpy as np


def double(number):
    return np.full(2, np.inf)
