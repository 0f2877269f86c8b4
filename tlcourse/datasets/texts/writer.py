"""Puts generated texts together by the grammar in grammar.toml."""

import bisect
import functools
import re
import tomllib
import zlib
from pathlib import Path

import numpy as np

_GRAMMAR = tomllib.loads(Path(__file__).with_name("grammar.toml").read_text(encoding="utf-8"))
DOMAINS = tuple(name for name in _GRAMMAR if name != "any")
NAMED = ("PER", "LOC", "ORG")


class TextWriter:
    """Writes texts of one of `DOMAINS`; how often it takes each line of a list is the domain's own habit."""

    def __init__(self, domain, rng):
        self.domain, self.rng = domain, rng
        self.lists = {}

    def text(self, label):
        """A text of class 0 or 1, as a list of (word, tag)."""
        words = self.expanded("text", label)
        following = [word for word, _ in words[1:]] + [""]
        return [
            ("an" if word == "a" and after[:1] in tuple("aeiou") else word, tag)
            for (word, tag), after in zip(words, following, strict=True)
        ]

    def expanded(self, name, label):
        """A line of the list `name`, with every name in it replaced, as a list of (word, tag)."""
        if name in (*NAMED, "MADE"):
            tag = name if name in NAMED else "O"
            return [(word, tag) for word in self.made_up(name)]
        words = []
        for part in _parts(self.picked(name, label)):
            if part.startswith("{"):
                inner = part.strip("{}")
                words += self.expanded(inner.rstrip("+-"), 1 - label if inner.endswith("-") else label)
            else:
                words.append((part, "O"))
        return words

    def picked(self, name, label):
        """A line of a list; a domain uses some words several times as often as others, and all forms equally often."""
        if (name, label) not in self.lists:
            keys = (name, f"{name}_{label}")
            lines = [line for key in keys for part in ("any", self.domain) for line in _GRAMMAR[part].get(key, ())]
            # From the words themselves, not from `self.rng`: a domain has the same habits in every sample.
            habit = np.random.default_rng(zlib.crc32(f"{self.domain} {lines}".encode()))
            weights = np.exp(habit.normal(0, 0.0 if any("{" in line for line in lines) else 0.7, len(lines)))
            self.lists[name, label] = lines, np.cumsum(weights / weights.sum()).tolist()
        lines, cumulated = self.lists[name, label]
        return lines[min(bisect.bisect(cumulated, self.rng.random()), len(lines) - 1)]

    def made_up(self, kind):
        """A name from the same syllables for people, places, firms and things: the words around it say which."""
        syllables = _GRAMMAR["any"]["syllables"]
        name = "".join(syllables[self.rng.integers(len(syllables))] for _ in range(self.rng.integers(2, 4)))
        chance = self.rng.random()
        if kind == "PER" and chance < 0.6:
            first = self.picked("given", 0)
            return [first] if chance < 0.3 else [first, name]
        ends = {"LOC": "place_end", "ORG": "firm_end"}
        if kind in ends and chance < 0.25:
            return [name, *self.picked(ends[kind], 0).split()]
        return [name]


@functools.cache
def _parts(line):
    """The names and the words of a line."""
    return re.findall(r"\{[^}]+\}|[^{} ]+", line)
