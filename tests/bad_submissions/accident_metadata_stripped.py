# title: all metadata stripped
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
from tlcourse.grading.accidents import stripped as build
