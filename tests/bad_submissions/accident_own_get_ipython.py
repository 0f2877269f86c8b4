# title: get_ipython is defined anew, as in a notebook that was a script once
# kind: accident
# status: graded
# earns: 4

# %% first
def get_ipython():
    return None
