# title: a reply with a carriage return in it, behind which stands code for the checker to run
# kind: attack
# status: graded
# earns: 0
# base: stubs

# %% first
import json as true_json

from tlcourse.grading.sandbox.guest import function_server

CODE = """
from tlcourse.grading.sandbox.guest import checker
checker.Checker._check = lambda self, request: {"ename": None, "printed": ""}
"""


class Json:
    loads = true_json.loads

    def dumps(value):
        request = {"check": CODE, "names": [], "seed": "0"}
        return true_json.dumps(value).ljust(8190) + "\r " + true_json.dumps(request)


function_server.json = Json

# %% double
def double(number):
    return 0

# %% triple
def triple(number):
    return 0
