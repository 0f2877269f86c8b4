# title: sends the description of a model of a million layers of a million units
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
from tlcourse.grading.sandbox.guest import function_server

layer = {"class_name": "Dense", "module": "keras.layers", "config": {"name": "d", "units": 1 << 20}}
state = {"d": [["weights", None], ["trainable", {"l": [True] * 9}]]}
model = {"model": ["Sequential", {"name": "s", "layers": [layer] * 100_000}, state]}
function_server._call = lambda namespace, _: {"value": model, "models": []}
