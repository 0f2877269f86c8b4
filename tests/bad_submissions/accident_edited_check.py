# title: a check that was commented out
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import edited_check as build
