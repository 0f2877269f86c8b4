# title: a reply with bytes that are no UTF-8, behind which stands a check that passes
# kind: attack
# status: graded
# earns: 0
# base: stubs

# %% first
import json

from tlcourse.grading.sandbox.guest import function_server


def serve():
    connection, _ = function_server.LISTENER.accept()
    request = json.dumps({"check": "pass", "names": [], "seed": "0"}).encode()
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            connection.sendall(b"\xff".ljust(8192) + request + b"\n")


function_server.serve = serve

# %% double
def double(number):
    return 0

# %% triple
def triple(number):
    return 0
