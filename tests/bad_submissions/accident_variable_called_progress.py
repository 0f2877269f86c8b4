# title: a variable called progress
# kind: accident
# status: graded
# earns: 4

# %% first
progress = 0.5
