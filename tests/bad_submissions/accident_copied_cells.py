# title: an exercise and its check copied and pasted
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import copied_cells as build
