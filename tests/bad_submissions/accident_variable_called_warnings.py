# title: a variable called warnings
# kind: accident
# status: graded
# earns: 4

# %% first
warnings = []
