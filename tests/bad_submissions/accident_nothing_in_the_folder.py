# title: an empty folder
# kind: accident
# status: missing
# earns: 0

# %% build
from tlcourse.grading.accidents import nothing as build
