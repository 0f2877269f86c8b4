# title: another format of displayed numbers
# kind: accident
# status: graded
# earns: 4

# %% first
import numpy

numpy.set_printoptions(precision=2)
get_ipython().run_line_magic('precision', '2')
