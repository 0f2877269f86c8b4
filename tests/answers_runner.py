"""Runs answers kept as data, tests/answers/NN_unit/<exercise>.py, against a unit's own test cells, in this process.

A unit's set-up cells and reference solutions run once; each answer then runs in a copy of that namespace.
"""

import contextlib
import functools
import io
import linecache
import re
import sys
from pathlib import Path
from typing import NamedTuple

from tlcourse import notebooks, units

ROOT = Path(__file__).resolve().parent.parent


class Answer(NamedTuple):
    """One answer of an answer file, with what it deserves."""

    kind: str  # right or wrong
    title: str
    source: str
    says: str | None  # a regular expression for the failure's message
    earns: float | None  # points; None: all for a right answer, none for a wrong one


def read_answers(file):
    """The answers in a file, in its order.

    Raises
    ------
    ValueError
        If the file has other text, or a marker that is neither right nor wrong.
    """
    parts = re.split(r"^# %% (.*)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if parts[0].strip():
        raise ValueError(f"{file}: text before the first '# %% right: ...' or '# %% wrong: ...'")
    answers = []
    for marker, source in zip(parts[1::2], parts[2::2], strict=True):
        match = re.fullmatch(r"(right|wrong): (\S.*)", marker)
        if not match:
            raise ValueError(f"{file}: the marker '# %% {marker}' says neither 'right: ...' nor 'wrong: ...'")
        says = re.search(r"^# says: (.+)$", source, re.MULTILINE)
        earns = re.search(r"^# earns: ([\d.]+)$", source, re.MULTILINE)
        answers.append(Answer(*match.groups(), source, says and says.group(1).strip(), earns and float(earns.group(1))))
    return answers


class Unit:
    """A unit's reference namespace and exercises."""

    def __init__(self, source):
        self.name = Path(source).stem
        self.notebook = units.read(source)
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
