# title: a variable called checks
# kind: accident
# status: graded
# earns: 4

# %% first
checks = [1, 2, 3]
