"""In a clean fork of the server: runs the checks, with the student's functions called in their own process.

So hidden tests, expected values and comparisons are where no student code has been. A check that hands over values
which are not serializable cannot be decided here; then the reply has the key "undecided".

Lines of JSON come and go on one socket: {"check": source, "names": [...], "seed": text, "finite": whether nan and inf
are wrong} is answered by calls ({"function" or "model", "arguments", "keywords", "gradient", "stream", "seed"}), each
of which is answered in turn, and at last by {"verdict": ...}.
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
from tlcourse.grading import bounded_json
from tlcourse.grading.sandbox.guest import finite_values, wire_format, wire_objects
from tlcourse.grading.sandbox.guest.random_numbers import seed_everything

# A comparison with nan is false: a check that looks for what is wrong would pass.
NOT_FINITE = (
    "{} returned NaN or infinity, which no correct answer does here. Look for a division by zero, a logarithm of zero, "
    "or a learning rate that is too high."
)
LONGEST_PRINTED = 100_000  # characters of what a check prints, and of its error


class CannotCheck(BaseException):
    """The check needs the student's process; no check's own `except Exception` may catch this."""


class CheckFails(BaseException):
    """The check has failed, also where it expects an error; the message says why."""


def lines_of(connection):
    """The lines of a connection as bytes, both ways: only a line feed ends one.

    A text file would also end a line at a carriage return, or give up in its middle at bytes that are no UTF-8. The
    rest of a student's reply would then be taken for the engine's next request, which may contain code.
    """
    return connection.makefile("rwb")


class Checker:
    """Runs checks for one submission.

    Parameters
    ----------
    lines : binary file
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
                self._send(fingerprints=functions["fingerprints"](functions["CELL_RUNNERS"], self.namespace))
            else:
                self._send(verdict=self._check(request))

    def _send(self, **message):
        self.lines.write(json.dumps(message).encode() + b"\n")
        self.lines.flush()

    def _check(self, request):
        for name in request["names"]:
            if not isinstance(self.namespace.get(name), StudentFunction):
                self.namespace[name] = StudentFunction(self, name)
        if missing := unknown_names(request["check"], self.namespace):
            return {"undecided": f"the check uses names that are not defined: {', '.join(missing)}"}
        self._not_finite = None  # what returned nan or inf first
        os.environ["TLCOURSE_GRADING_SEED"] = request["seed"]
        seed_everything()
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(request["check"], "<check>", "exec"), self.namespace)
        except CannotCheck as reason:
            return {"undecided": str(reason)}
        except CheckFails as reason:
            return _verdict(printed, AssertionError(str(reason)))
        except Exception as error:
            return _verdict(printed, error)
        if self._not_finite and request.get("finite", True):
            return _verdict(io.StringIO(), AssertionError(NOT_FINITE.format(self._not_finite)))
        return _verdict(printed) | ({"not_finite": True} if self._not_finite else {})

    def call(self, name, arguments, keywords, **how):
        """Call the student's function `name`: what it returns. What it does to copies of the arguments stays there.

        Models are the exception, because functions that train or freeze one are asked for: what became of the copy's
        weights and flags comes back, and is put into the checker's own. A changed array, list or dictionary fails the
        check.

        `how` is ``gradient=position`` or ``stream=True``, for what `StudentFunction` offers besides a call.
        """
        return self._exchange(name, list(arguments), keywords, function=name, **how)

    def call_model(self, number, kind, method, inputs, options):
        """What a model that stayed in the student's process makes of inputs."""
        called = f"the model of the class {kind}"
        outputs = self._exchange(called, [inputs], options, model=[number, method])
        if not finite_values.are_numbers(outputs):
            raise CheckFails(f"{called} returned {type(outputs).__name__}, not an array.")
        return outputs

    def _exchange(self, called, arguments, keywords, function=None, model=None, gradient=None, stream=False):
        """Have the student's process call something."""
        try:
            encoded = {"arguments": wire_format.encode(arguments), "keywords": wire_format.encode(keywords)}
        except wire_format.NotSerializable as reason:
            raise CannotCheck(f"the check calls {called} with {reason}, which it cannot send") from None
        seed = random.getrandbits(31)  # so that a check which seeds Keras also seeds what the function does
        self._send(function=function, model=model, gradient=gradient, stream=stream, seed=seed, **encoded)
        reply = _parsed_reply(self.lines.readline(), called)
        if "raised" in reply:
            raise _exception(reply["raised"], reply["message"])
        if reply.get("changed") is True:
            raise CheckFails(f"{called} changes its argument: {checks.CHANGED}")
        models = wire_objects.models_in([arguments, keywords])
        try:
            wire_objects.set_states(models, reply["models"], wire_format.decode)
        except wire_objects.CannotSend as reason:
            raise CheckFails(f"{called} changed the structure of a model that it was given: {reason}.") from None
        value = self._decoded(reply["value"], called)
        if not finite_values.are_finite([value, *models]):
            self._not_finite = self._not_finite or called
        return value

    def _decoded(self, data, called):
        try:
            return wire_format.decode(data, call_model=self.call_model)
        except Exception as error:  # such data come from no honest function
            raise CheckFails(f"{called} returned a value that cannot be read ({type(error).__name__}).") from None


class StudentFunction:
    """A function of the student's, which is called in the student's process."""

    def __init__(self, checker, name):
        self._checker, self.__name__ = checker, name

    def __call__(self, *arguments, **keywords):
        return self._checker.call(self.__name__, arguments, keywords)

    def gradient(self, arguments, position):
        """Its value and its gradient, for `tlcourse.checks.gradient`."""
        return self._checker.call(self.__name__, arguments, {}, gradient=position)

    def stream_log(self, arguments):
        """The log of the generator that it makes, for `tlcourse.pipeline_checks.stream_log`."""
        return self._checker.call(self.__name__, arguments, {}, stream=True)


def _parsed_reply(line, called):
    """The student's process' answer, if it is one that can be read."""
    try:
        reply = bounded_json.loads(line)
    except bounded_json.TooLarge as error:
        raise CheckFails(f"{called} returned a value that is too large to check: {error}.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise CheckFails(f"{called} returned a value that cannot be read ({type(error).__name__}).") from None
    if not isinstance(reply, dict) or not ("raised" in reply or {"value", "models"} <= set(reply)):
        raise CheckFails(f"{called} returned a value that cannot be read.")
    return reply


def _verdict(printed, error=None):
    shown = {"ename": None, "printed": printed.getvalue()[:LONGEST_PRINTED]}
    if error is None:
        return shown
    lines = [line[:LONGEST_PRINTED] for line in traceback.format_exception_only(error)]
    return shown | {"ename": type(error).__name__, "evalue": str(error)[:LONGEST_PRINTED], "traceback": lines}


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
