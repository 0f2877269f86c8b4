"""The words that the reviews are made of, read from words.toml: English, and Spanish with its genders, side by side."""

import tomllib
from pathlib import Path
from typing import NamedTuple


class Noun(NamedTuple):
    """A thing that is reviewed: its topic, and the Spanish word's gender ("m" or "f")."""

    topic: str
    english: str
    spanish: str
    gender: str


class Adjective(NamedTuple):
    """A judgment of 1 or -1, or a mere description (0), for nouns of one topic or of all ("any")."""

    sentiment: int
    topic: str
    english: str
    masculine: str
    feminine: str


_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def _pairs(name):
    """The (English, Spanish) pairs of one list."""
    return tuple((english, spanish) for english, spanish in _WORDS[name])


NOUNS = tuple(Noun(*row) for row in _WORDS["nouns"])
ADJECTIVES = tuple(Adjective(*row) for row in _WORDS["adjectives"])
INTENSIFIERS, DAYS, COMPANY = _pairs("intensifiers"), _pairs("days"), _pairs("company")
VERBS = {1: _pairs("positive_verbs"), -1: _pairs("negative_verbs")}  # by sentiment: what we did to a thing
CLOSINGS = {1: _pairs("positive_closings"), -1: _pairs("negative_closings")}
HANDWRITTEN = tuple(tuple(row) for row in _WORDS["handwritten"])  # sentiment, English, Spanish


def dictionary():
    """Pairs of words that mean the same, as a pocket dictionary has them: an adjective by its masculine form.

    Returns
    -------
    tuple of (str, str)
        English, Spanish; the most frequent words are not put first.
    """
    nouns = [(noun.english, noun.spanish) for noun in NOUNS]
    adjectives = [(adjective.english, adjective.masculine) for adjective in ADJECTIVES]
    return (*nouns, *adjectives, *INTENSIFIERS, *VERBS[1], *VERBS[-1], *DAYS, *_pairs("further_words"))
