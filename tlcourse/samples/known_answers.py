"""Answers to the exercises kept as data, right ones and wrong ones: solutions/NN_unit/answers/<exercise>.py.

They are written once, beside the unit's source: the tests hold the checks to them, and the sample class submits them.
Like the solutions they are never released, and a submission that is being graded cannot see them.
"""

import itertools
import re
from pathlib import Path
from typing import NamedTuple

HEADERS = ("message", "earns")  # of an answer, each on a line "# HEADER: ..." below its marker


class Answer(NamedTuple):
    """One answer of an answer file, with what it deserves."""

    kind: str  # right or wrong
    title: str
    source: str
    message: str | None  # a regular expression, in any case, that the failure's message must contain
    earns: float | None  # points; None: all for a right answer, none for a wrong one

    def due(self, points):
        """What the answer earns of an exercise's `points`."""
        if self.earns is not None:
            return self.earns
        return points if self.kind == "right" else 0

    def uses(self, name, exercises):
        """The other exercises that this answer to `name` mentions: with wrong answers there it may earn less."""
        return set(re.findall(r"\w+", self.source)) & set(exercises) - {name}


def read(file):
    """The answers in a file, in its order.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file has other text, a marker that is neither right nor wrong, a header that does not exist, or a
        message that is no regular expression.
    """
    parts = re.split(r"^# %% (.*)$", Path(file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    if parts[0].strip():
        raise ValueError(f"{file}: text before the first '# %% right: ...' or '# %% wrong: ...'")
    answers = []
    for marker, source in zip(parts[1::2], parts[2::2], strict=True):
        match = re.fullmatch(r"(right|wrong): (\S.*)", marker)
        if not match:
            raise ValueError(f"{file}: the marker '# %% {marker}' is neither 'right: ...' nor 'wrong: ...'")
        head = "".join(itertools.takewhile(lambda line: line.startswith("#"), source.lstrip().splitlines(True)))
        if unknown := set(re.findall(r"^# (\w+): ", head, re.MULTILINE)) - set(HEADERS):
            raise ValueError(
                f"{file}: no header is called {', '.join(sorted(unknown))}: there are {', '.join(HEADERS)}"
            )
        message = re.search(r"^# message: (.+)$", source, re.MULTILINE)
        _require_pattern(file, message)
        earns = re.search(r"^# earns: ([\d.]+)$", source, re.MULTILINE)
        answers.append(
            Answer(*match.groups(), source, message and message.group(1).strip(), earns and float(earns.group(1)))
        )
    return answers


def _require_pattern(file, message):
    try:
        re.compile(message[1] if message else "")
    except re.error as error:
        raise ValueError(f"{file}: the message '{message[1]}' is no regular expression ({error})") from None


def as_submitted(answer):
    """The answer as a student writes it: without the lines that say what it deserves."""
    return re.sub(rf"^# ({'|'.join(HEADERS)}): .*\n", "", answer.source, flags=re.MULTILINE).strip()
