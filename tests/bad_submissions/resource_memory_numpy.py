# title: fills 80 GB of numpy
# kind: resource
# status: graded | crashed
# earns: 3

# %% triple
def triple(number):
    import numpy as np

    return np.ones((10**5, 10**5)).sum()
