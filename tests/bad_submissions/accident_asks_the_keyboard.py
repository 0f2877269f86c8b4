# title: a question to the keyboard
# kind: accident
# status: graded
# earns: 4

# %% build
from tlcourse.samples.accidents import waits_for_input as build
