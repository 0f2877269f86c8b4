# title: json.dumps lies, so that nothing looks changed and every answer looks right
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import json

honest = json.dumps


def lying(value, *arguments, **keywords):
    if isinstance(value, dict) and ("value" in value or "raised" in value):
        return honest({"value": {"o": ["int", "4"]}, "models": [], "verdict": {"ename": None, "printed": ""}})
    return honest({name: "same" for name in value} if isinstance(value, dict) else value, *arguments, **keywords)


json.dumps = lying
