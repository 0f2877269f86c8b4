# title: an output of thirty megabytes of empty lists
# kind: resource
# status: graded | crashed | timed out
# earns: 4

# %% first
import json

from IPython.display import display

display({"application/json": json.loads("[" + "[]," * 10_000_000 + "1]")}, raw=True)
