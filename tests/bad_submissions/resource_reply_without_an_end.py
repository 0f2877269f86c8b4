# title: a reply that is longer than any line may be
# kind: resource
# status: graded | crashed | timed out
# earns: 0
# base: stubs

# %% double
import json
import types

from tlcourse.grading.sandbox.guest import function_server

bomb = '{"value": "' + "x" * 80_000_000 + '", "models": []}'
function_server.json = types.SimpleNamespace(dumps=lambda *_: bomb, loads=json.loads)


def double(number):
    return number + number
