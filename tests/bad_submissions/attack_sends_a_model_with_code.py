# title: sends a model with a Lambda layer, whose code the checker would run
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
from tlcourse.grading.sandbox.guest import function_server

code = {"class_name": "__lambda__", "config": {"code": "4wAAAAA=", "defaults": None, "closure": None}}
layer = {"class_name": "Lambda", "module": "keras.layers", "config": {"name": "run", "function": code}}
state = {"d": [["weights", None], ["trainable", {"l": [True]}]]}
model = {"model": ["Sequential", {"name": "s", "layers": [layer]}, state]}
function_server._call = lambda namespace, _: {"value": model, "models": []}
