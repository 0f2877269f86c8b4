# title: sends an output with half a character, which no file can hold
# kind: attack
# status: graded
# earns: 4

# %% first
import json

from IPython import get_ipython

session = get_ipython().kernel.session
session.pack = lambda content: json.dumps(content, default=str).encode()
print("half: \ud800")
