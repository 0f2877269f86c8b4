"""Checks and a student's functions in one process, with everything between them sent as text, as in grading."""

import json

from tlcourse.grading.sandbox.guest import checker, function_server


class Lines:
    """The checker's connection: answers each call at once, in the student's namespace."""

    def __init__(self, namespace):
        self.namespace, self.call = namespace, None

    def write(self, line):
        """Take a call."""
        self.call = json.loads(line)

    def flush(self):
        """Nothing waits."""

    def readline(self):
        """The answer to the call."""
        return json.dumps(function_server._call(self.namespace, self.call)).encode()


def verdicts(checks, names, course, student):
    """What comes of checks that call the student's functions.

    Parameters
    ----------
    checks : list of str
        Sources, in order.
    names : list of str
        The student's functions.
    course : dict
        The names that checks use besides those.
    student : dict
        The student's namespace.

    Returns
    -------
    list of dict
        As `tlcourse.grading.sandbox.guest.checker` sends them.
    """
    process = checker.Checker(Lines(student), [])
    process.namespace |= course
    for name in names:
        process.namespace.pop(name, None)
    return [process._check({"check": source, "names": names, "seed": "0"}) for source in checks]
