"""Short reviews of meals, hotels and films in English and in Spanish, each positive or negative.

The corpora are synthetic: a small grammar for each language puts them together, and nobody wrote them. The two are
not translations of each other: they differ in word order, in gender, in how often each word is used, and in the
reviews themselves. What was written by hand are the sentences of `handwritten`; some of their words the grammar
does not have.
"""

from dataclasses import dataclass

import numpy as np

from tlcourse.datasets.reviews.grammar import LANGUAGES, ReviewWriter
from tlcourse.datasets.reviews.words import HANDWRITTEN, dictionary

__all__ = ["CLASS_NAMES", "LANGUAGES", "NEGATIONS", "SOURCE", "LabeledTexts", "corpus", "dictionary", "handwritten"]

NEGATIONS = frozenset({"not", "never", "no", "nunca", "ni"})
CLASS_NAMES = ("negative", "positive")
SOURCE = "put together by the grammar of tlcourse.datasets.reviews; written by nobody; MIT license"


@dataclass(frozen=True)
class LabeledTexts:
    """Texts and their labels.

    Attributes
    ----------
    texts : tuple of str
        In lower case, without punctuation: words between single spaces.
    labels : numpy.ndarray
        Shape (n,), dtype int64: ``class_names[labels[i]]`` is the class of ``texts[i]``.
    class_names : tuple of str
    source : str
    """

    texts: tuple
    labels: np.ndarray
    class_names: tuple
    source: str

    def __len__(self):
        return len(self.texts)


def corpus(language, count, seed):
    """`count` reviews, as many positive ones as negative ones if `count` is even.

    Parameters
    ----------
    language : {"english", "spanish"}
    count : int
        1 or more.
    seed : int

    Returns
    -------
    LabeledTexts

    Raises
    ------
    ValueError
        For another language, or fewer than one review.
    """
    number = _number(language)
    if count < 1:
        raise ValueError(f"count must be 1 or more, got {count}")
    rng = np.random.default_rng([seed, number])
    labels = rng.permutation(np.arange(count) % 2)
    writer = ReviewWriter(number, rng)
    return LabeledTexts(tuple(writer.review(2 * label - 1) for label in labels), labels, CLASS_NAMES, SOURCE)


def handwritten(language):
    """Sentences written by hand for this course, half of them positive; for a look at what the grammar lacks."""
    number = _number(language)
    labels = np.array([sentiment > 0 for sentiment, *_ in HANDWRITTEN], dtype=np.int64)
    texts = tuple(sentences[number] for _, *sentences in HANDWRITTEN)
    return LabeledTexts(texts, labels, CLASS_NAMES, "written by hand for this course; MIT license")


def _number(language):
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    return LANGUAGES.index(language)
