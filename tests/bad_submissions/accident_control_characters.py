# title: prints control characters and half a surrogate
# kind: accident
# status: graded
# earns: 4

# %% last
print("\x1b[2J\x00\x08\x9b")
print("\ud800")
