# title: as Colab writes it back
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import through_colab as build
