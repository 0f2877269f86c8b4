# title: sends the name of a function for the checker to call
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
from tlcourse.grading.sandbox.guest import function_server

call = {"named": ["os", "system", ["touch /tmp/left-behind"]]}
function_server._call = lambda namespace, _: {"value": call, "models": []}
