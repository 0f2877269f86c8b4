# title: a reply of a hundred thousand nested lists
# kind: resource
# status: graded | crashed | timed out
# earns: 0
# base: stubs

# %% double
import json
import types

from tlcourse.grading.sandbox.guest import function_server

bomb = '{"value": ' + "[" * 100_000 + "]" * 100_000 + ', "models": []}'
function_server.json = types.SimpleNamespace(dumps=lambda *_: bomb, loads=json.loads)


def double(number):
    return number + number
