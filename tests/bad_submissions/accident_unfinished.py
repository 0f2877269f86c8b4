# title: no Python in the last exercise
# kind: accident
# status: graded
# earns: 3

# %% build
from tlcourse.grading.accidents import unfinished as build
