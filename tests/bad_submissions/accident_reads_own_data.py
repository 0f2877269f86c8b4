# title: reads a file that only the student has
# kind: accident
# status: graded
# earns: 4

# %% first
open("/home/zoe/data.csv")
