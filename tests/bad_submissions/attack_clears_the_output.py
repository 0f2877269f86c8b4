# title: the output is cleared after every cell, errors too
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
from IPython.display import clear_output

get_ipython().events.register("post_run_cell", lambda result: clear_output())
