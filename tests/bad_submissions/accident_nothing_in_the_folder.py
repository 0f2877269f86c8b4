# title: an empty folder
# kind: accident
# status: missing
# earns: 0

# %% build
from tlcourse.samples.accidents import empty_folder as build
