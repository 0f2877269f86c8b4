# title: all metadata stripped
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import stripped_metadata as build
