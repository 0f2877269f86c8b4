# title: an answer that raises a group of errors
# kind: resource
# status: graded
# earns: 1

# %% double
def double(number):
    raise BaseExceptionGroup('several', [KeyboardInterrupt(), SystemExit()])
