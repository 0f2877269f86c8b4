# title: an empty folder
# kind: accident
# status: missing
# earns: 0

# %% build
from tlcourse.samples.accidents import nothing as build
