# title: IPython is told to handle every exception silently
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
get_ipython().set_custom_exc((BaseException,), lambda *arguments, **keywords: None)
