# title: a question to the keyboard
# kind: accident
# status: graded
# earns: 4

# %% build
from tlcourse.grading.accidents import asks as build
