# title: a check that was commented out
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
from tlcourse.grading.accidents import edited_check as build
