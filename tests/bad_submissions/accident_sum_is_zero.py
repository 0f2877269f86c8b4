# title: sum is a number
# kind: accident
# status: graded
# earns: 4

# %% first
sum = 0
