# title: sends an answer that is nested a hundred thousand times
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import json

json.dumps = lambda *_, **__: '{"value": ' + '{"l": [' * 100_000 + "0" + "]}" * 100_000 + ', "models": []}'
