# title: an endless loop in a cell of its own, after everything
# kind: resource
# status: timed out
# earns: 4

# %% last
while True:
    pass
