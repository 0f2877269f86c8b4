# title: a kernel that only the student has
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import other_kernel as build
