"""In the student's kernel: calls the student's functions for the checker.

It runs in a process that student code may have changed; so nothing is trusted but the values that come.
"""

import json

from tlcourse.grading.sandbox.guest import wire_format

LISTENER = None  # set before any student code, to a socket on which the checker's calls come


def serve(namespace):
    """Answer calls until the connection is closed."""
    connection, _ = LISTENER.accept()
    with connection, connection.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            lines.write(json.dumps(_call(namespace, json.loads(line))) + "\n")
            lines.flush()


def _call(namespace, call):
    """What the student's function returns, or raises, and what it changed in its arguments."""
    arguments, keywords = wire_format.decode(call["arguments"]), wire_format.decode(call["keywords"])
    try:
        value = namespace[call["function"]](*arguments, **keywords)
        changed = wire_format.encode([list(arguments), keywords], strict=False)
        reply = {"value": wire_format.encode(value, strict=False)}
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        names = [kind.__name__ for kind in type(error).__mro__]
        return {"raised": names, "message": str(error)[:2000]}
    if changed != wire_format.encode(
        [list(wire_format.decode(call["arguments"])), wire_format.decode(call["keywords"])], strict=False
    ):
        reply["changed"] = changed
    return reply
