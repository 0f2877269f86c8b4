# title: everything imported from numpy
# kind: accident
# status: graded
# earns: 4

# %% first
from numpy import *
