# title: a deleted check
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.grading.accidents import deleted_check as build
