# title: a kernel that stops before the last exercise
# kind: accident
# status: crashed
# earns: 4

# %% build
from tlcourse.samples.accidents import kernel_exit as build
