"""Texts of several domains with a class, and entities word by word: generated ones, and real ones where available."""

from dataclasses import dataclass

import numpy as np

from tlcourse.datasets.reviews import LabeledTexts
from tlcourse.datasets.texts import real_texts
from tlcourse.datasets.texts.real_texts import NAMES as REAL
from tlcourse.datasets.texts.real_texts import TextsUnavailable, available
from tlcourse.datasets.texts.writer import DOMAINS, TextWriter

__all__ = ["CLASS_NAMES", "DOMAINS", "REAL", "TaggedTexts", "TextsUnavailable", "available", "generate", "real"]

_SENTIMENT = ("negative", "positive")
CLASS_NAMES = dict.fromkeys(DOMAINS, _SENTIMENT) | {"messages": ("ham", "spam"), "contracts": ("fair", "unfair")}
_SOURCE = "put together by the grammar of tlcourse.datasets.texts; written by nobody; MIT license"


@dataclass(frozen=True)
class TaggedTexts(LabeledTexts):
    """Texts, their labels, and a tag for each word.

    Attributes
    ----------
    tags : tuple of tuple of str
        For each text a tag a word, of "O", "PER", "LOC" and "ORG"; empty where nobody has tagged the words.
    """

    tags: tuple = ()

    def take(self, index):
        """The texts at `index` (integers, a slice, or a boolean mask), as a dataset of their own."""
        places = np.arange(len(self))[index]
        parts = (tuple(values[place] for place in places) for values in (self.texts, self.tags) if values)
        texts, *tags = parts
        return TaggedTexts(texts, self.labels[places], self.class_names, self.source, *tags)


def generate(domain, count, seed):
    """`count` generated texts of one of `DOMAINS`, as many of each class if `count` is even.

    Returns
    -------
    TaggedTexts
        In lower case, without punctuation: words between single spaces.

    Raises
    ------
    ValueError
        For another domain, or fewer than one text.
    """
    if domain not in DOMAINS:
        raise ValueError(f"domain must be one of {', '.join(DOMAINS)}, got {domain!r}")
    if count < 1:
        raise ValueError(f"count must be 1 or more, got {count}")
    rng = np.random.default_rng([seed, DOMAINS.index(domain)])
    labels = rng.permutation(np.arange(count) % 2)
    writer = TextWriter(domain, rng)
    words = [writer.text(int(label)) for label in labels]
    texts = tuple(" ".join(word for word, _ in row) for row in words)
    return TaggedTexts(
        texts, labels, CLASS_NAMES[domain], _SOURCE, tuple(tuple(tag for _, tag in row) for row in words)
    )


def real(name):
    """Real texts, one of `REAL`; raises TextsUnavailable if they are neither on this machine nor on the network.

    "products", "films", "restaurants": negative or positive sentences. "messages": ham or spam. "entities": tweets
    without or with a name, and a tag a word. "contracts": sentences of terms of service, fair or unfair.
    """
    return TaggedTexts(*real_texts.load(name))
