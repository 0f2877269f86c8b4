# title: a segmentation fault
# kind: resource
# status: crashed
# earns: 3

# %% triple
def triple(number):
    import ctypes

    ctypes.string_at(0)
