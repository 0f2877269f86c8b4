# title: debugging output on stderr
# kind: accident
# status: graded
# earns: 4

# %% build
from tlcourse.grading.accidents import debugging_output as build
