# title: no Python in the last exercise
# kind: accident
# status: graded
# earns: 3

# %% build
from tlcourse.samples.accidents import unfinished as build
