# title: a file that the browser numbered: unit (1).ipynb
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import downloaded_twice as build
