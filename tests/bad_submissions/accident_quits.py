# title: a kernel that stops before the last exercise
# kind: accident
# status: crashed
# earns: 3

# %% build
from tlcourse.grading.accidents import quits as build
