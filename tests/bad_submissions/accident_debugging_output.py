# title: debugging output on stderr
# kind: accident
# status: graded
# earns: 4

# %% build
from tlcourse.samples.accidents import debugging_output as build
