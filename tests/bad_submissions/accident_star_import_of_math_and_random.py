# title: everything imported from three modules
# kind: accident
# status: graded
# earns: 4

# %% first
from math import *
from random import *
from statistics import *
