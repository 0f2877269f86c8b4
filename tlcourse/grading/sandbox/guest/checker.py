"""In a clean fork of the server: runs the checks, with the student's functions called in their own process.

So hidden tests, expected values and comparisons are where no student code has been. A check that hands over values
which are not serializable cannot be decided here; then the reply has the key "undecided".

Lines of JSON come and go on one socket: {"check": source, "names": [...], "seed": text} is answered by calls
({"function", "arguments", "keywords", "gradient", "seed"}), each of which is answered in turn, and at last by
{"verdict": ...}.
"""

import ast
import builtins
import contextlib
import io
import json
import os
import random
import traceback

from tlcourse import checks
from tlcourse.grading.sandbox.guest import wire_format, wire_objects
from tlcourse.grading.sandbox.guest.random_numbers import seed_everything


class CannotCheck(BaseException):
    """The check needs the student's process; no check's own `except Exception` may catch this."""


class Checker:
    """Runs checks for one submission.

    Parameters
    ----------
    lines : text file
        To the engine, both ways.
    setup : list of str
        Sources that make the names which checks use.
    """

    def __init__(self, lines, setup):
        self.lines, self.namespace = lines, {"__name__": "__main__", "display": lambda *_, **__: None}
        with contextlib.redirect_stdout(io.StringIO()):
            for number, source in enumerate(setup):
                with contextlib.suppress(Exception):
                    exec(compile(source, f"<setup {number}>", "exec"), self.namespace)

    def serve(self):
        """Run checks until the connection is closed."""
        for line in self.lines:
            request = json.loads(line)
            if "fingerprints" in request:
                exec(request["fingerprints"], functions := {})
                self._send(fingerprints=functions["fingerprints"](functions["CELL_RUNNERS"]))
            else:
                self._send(verdict=self._check(request))

    def _send(self, **message):
        self.lines.write(json.dumps(message) + "\n")
        self.lines.flush()

    def _check(self, request):
        for name in request["names"]:
            if not isinstance(self.namespace.get(name), StudentFunction):
                self.namespace[name] = StudentFunction(self, name)
        if missing := unknown_names(request["check"], self.namespace):
            return {"undecided": f"the check uses {', '.join(missing)}"}
        os.environ["TLCOURSE_GRADING_SEED"] = request["seed"]
        seed_everything()
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(request["check"], "<check>", "exec"), self.namespace)
        except CannotCheck as reason:
            return {"undecided": str(reason)}
        except Exception as error:
            lines = traceback.format_exception_only(error)
            return {
                "ename": type(error).__name__,
                "evalue": str(error),
                "traceback": lines,
                "printed": printed.getvalue(),
            }
        return {"ename": None, "printed": printed.getvalue()}

    def call(self, name, arguments, keywords, gradient=None):
        """Call the student's function `name`: what it returns. What it does to copies of the arguments stays there.

        Models are the exception, because functions that train or freeze one are asked for: what became of the copy's
        weights and flags comes back, and is put into the checker's own. A changed array, list or dictionary fails the
        check.
        """
        try:
            encoded = wire_format.encode(list(arguments)), wire_format.encode(keywords)
        except wire_format.NotSerializable as reason:
            raise CannotCheck(f"{name} is called with {reason}") from None
        seed = random.getrandbits(31)  # so that a check which seeds Keras also seeds what the function does
        self._send(function=name, arguments=encoded[0], keywords=encoded[1], gradient=gradient, seed=seed)
        reply = json.loads(self.lines.readline())
        if "raised" in reply:
            raise _exception(reply["raised"], reply["message"])
        if reply.get("changed") is True:
            raise AssertionError(f"{name} changes its argument: {checks.CHANGED}")
        models = wire_objects.models_in([list(arguments), keywords])
        try:
            wire_objects.set_states(models, reply["models"], wire_format.decode)
        except wire_objects.CannotSend as reason:
            raise AssertionError(f"{name} replaced layers of the model that it was given: {reason}.") from None
        return wire_format.decode(reply["value"])


class StudentFunction:
    """A function of the student's, which is called in the student's process."""

    def __init__(self, checker, name):
        self._checker, self.__name__ = checker, name

    def __call__(self, *arguments, **keywords):
        return self._checker.call(self.__name__, arguments, keywords)

    def gradient(self, arguments, position):
        """Its value and its gradient, for `tlcourse.checks.gradient`."""
        return self._checker.call(self.__name__, arguments, {}, position)


def unknown_names(source, namespace):
    """The names that a check reads and neither it, nor the namespace, nor Python has."""
    read, made = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            made.add(node.name)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, ast.alias):
            made.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            made.add(node.name)
    return sorted(name for name in read - made if name not in namespace and not hasattr(builtins, name))


def _exception(names, message):
    """An exception of the same name, below the nearest of Python's own."""
    builtin = [getattr(builtins, name) for name in names if isinstance(getattr(builtins, name, None), type)]
    base = builtin[0] if builtin else Exception
    if not issubclass(base, Exception):
        base = RuntimeError
    kind = base if base.__name__ == names[0] else type(str(names[0]), (base,), {})
    try:
        return kind(message)
    except TypeError:  # such as UnicodeDecodeError, which takes five arguments
        return RuntimeError(f"{names[0]}: {message}")
