# title: every warning is made an error
# kind: accident
# status: graded
# earns: 4

# %% first
import warnings

warnings.simplefilter("error")
