# title: a deleted check
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import deleted_check as build
