# title: an endless loop in a cell of its own, before everything
# kind: resource
# status: timed out
# earns: 4

# %% first
while True:
    pass
