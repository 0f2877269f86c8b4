"""In the student's kernel: calls the student's functions for the checker.

It runs in a process that student code may have changed; so nothing is trusted but the values that come.
"""

import json

import numpy as np
from IPython import get_ipython

from tlcourse import checks, pipeline_checks
from tlcourse.grading.sandbox.guest import wire_format, wire_objects
from tlcourse.grading.sandbox.guest.random_numbers import seed_everything

LISTENER = None  # set before any student code, to a socket on which the checker's calls come


def serve():
    """Answer calls of the notebook's functions until the connection is closed."""
    namespace = get_ipython().user_ns
    connection, _ = LISTENER.accept()
    with connection, connection.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            lines.write(json.dumps(_call(namespace, json.loads(line))) + "\n")
            lines.flush()


def _call(namespace, call):
    """What the student's function returns, or raises, and what it made of the models and arrays that it was given."""
    arguments, keywords = (wire_format.decode(call[part], from_checker=True) for part in ("arguments", "keywords"))
    models = wire_objects.models_in([arguments, keywords])
    before = _content([arguments, keywords])
    seed_everything(call["seed"])
    try:
        value = _value(_called(namespace, call), arguments, keywords, call)
        states = wire_objects.states(models, wire_format.encode)
        changed = before != _content([arguments, keywords])
        return {"value": wire_format.encode(value, strict=False), "models": states, "changed": changed}
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        names = [kind.__name__ for kind in type(error).__mro__]
        return {"raised": names, "message": str(error)[:2000]}


def _value(function, arguments, keywords, call):
    if call["gradient"] is not None:
        return checks.gradient(function, arguments, call["gradient"])
    if call["stream"]:
        return pipeline_checks.stream_log(function, arguments)
    return function(*arguments, **keywords)


def _called(namespace, call):
    """The function that is called, or the method of a model that a function has returned."""
    if call["model"] is None:
        return namespace[call["function"]]
    number, method = call["model"]
    if number >= len(wire_objects.returned_models):
        raise RuntimeError(
            "the model no longer exists, because the notebook's process ended after your function returned it"
        )
    return getattr(wire_objects.returned_models[number], method)


def _content(value):
    """What a function could have changed in its arguments: arrays, lists, dictionaries and the files of folders."""
    if isinstance(value, pipeline_checks.Folder):
        return value.has_changed()
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, (list, tuple)):
        return [_content(part) for part in value]
    if isinstance(value, dict):
        return [(key, _content(part)) for key, part in value.items()]
    return value if type(value) in (int, float, str, bool) else id(value)
