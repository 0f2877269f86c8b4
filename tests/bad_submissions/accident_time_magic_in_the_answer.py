# title: %%time over an answer
# kind: accident
# status: graded
# earns: 4

# %% double
%%time
def double(number):
    return number + number
