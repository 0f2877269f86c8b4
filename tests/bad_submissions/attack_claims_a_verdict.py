# title: answers a call with a verdict
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
from tlcourse.grading.sandbox.guest import function_server

passed = {"ename": None, "printed": "Exercise 1.1 double: the check passes.\n"}
function_server._call = lambda namespace, call: {"verdict": passed, "undecided": "ask inside"}
