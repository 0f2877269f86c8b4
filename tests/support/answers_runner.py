"""Runs answers kept as data, solutions/NN_unit/answers/<exercise>.py, against a unit's own test cells, in this process.

A unit's set-up cells and reference solutions run once; each answer then runs in a copy of that namespace. The tests run
there too, as in a notebook, or with everything between them and the answer sent as text, as in grading.
"""

import contextlib
import functools
import io
import linecache
import sys
from pathlib import Path

import loopback

from tlcourse import notebooks
from tlcourse.building import unit_sources
from tlcourse.grading.model.cell_code import defined_functions

ROOT = Path(__file__).resolve().parents[2]


class Unit:
    """A unit's reference namespace and exercises."""

    def __init__(self, source):
        self.name = Path(source).stem
        self.notebook = unit_sources.read(source)
        self.exercises = notebooks.exercises(self.notebook)
        self.namespace = {"__name__": "__main__", "display": lambda *_: None}
        self.defined = {}
        for cell in self.notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if cell.cell_type == "code" and (name in self.exercises or "setup" in cell.metadata.get("tags", [])):
                before = dict(self.namespace)
                run_cell(cell.source, self.namespace, f"<{self.name} {cell.id}>")
                if name:
                    new = {key for key, value in self.namespace.items() if before.get(key) is not value}
                    self.defined[name] = (new | {name}) - {"__builtins__"}

    def points(self, exercise):
        """The points of an exercise's test cells in all."""
        return sum(cell.metadata.nbgrader.points for cell in self.exercises[exercise][1])

    def grade_outside(self, exercise, source):
        """The same as `grade`, with all values sent between the tests and the answer."""
        student = dict(self.namespace)
        for name in self.defined[exercise]:
            student.pop(name, None)
        _same_randomness()
        messages, tests = [], self.exercises[exercise][1]
        try:
            run_cell(source, student, f"<answer {exercise}>")
        except Exception as error:
            messages.append(f"{type(error).__name__}: {error}")
        names = defined_functions(self.exercises[exercise][0].source)
        came = loopback.verdicts([cell.source for cell in tests], names, self.namespace, student)
        passed = [verdict.get("ename", "") is None for verdict in came]
        earned = sum(cell.metadata.nbgrader.points for cell, well in zip(tests, passed, strict=True) if well)
        for verdict, well in zip(came, passed, strict=True):
            if not well:
                messages.append(verdict.get("undecided") or f"{verdict['ename']}: {verdict['evalue']}")
        return earned, "\n".join(messages)

    def grade(self, exercise, source):
        """Run an answer in place of the reference: the points it earns and what its failures say."""
        namespace = dict(self.namespace)
        for name in self.defined[exercise]:
            namespace.pop(name, None)
        _same_randomness()
        earned, messages = 0, []
        try:
            run_cell(source, namespace, f"<answer {exercise}>")
        except Exception as error:
            messages.append(f"{type(error).__name__}: {error}")
        for cell in self.exercises[exercise][1]:
            try:
                run_cell(cell.source, namespace, f"<{self.name} {cell.id}>")
                earned += cell.metadata.nbgrader.points
            except Exception as error:
                messages.append(f"{type(error).__name__}: {error}")
        return earned, "\n".join(messages)


@functools.cache
def unit(source):
    """The unit of a source, made once for all tests."""
    return Unit(source)


def run_cell(source, namespace, name):
    """Execute a cell's source; `inspect.getsource` works on what it defines."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, name, "exec", dont_inherit=True), namespace)


def _same_randomness():
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
