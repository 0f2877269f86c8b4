# title: an endless loop in the first exercise: the second still counts
# kind: resource
# status: timed out
# earns: 1

# %% double
def double(number):
    while True:
        pass
