"""Word vectors from a corpus of your own: counts of neighboring words, factorized. No pretrained model is needed."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd


@dataclass(frozen=True)
class Embedding:
    """A vector for each word.

    Attributes
    ----------
    words : tuple of str
        The most frequent first.
    vectors : numpy.ndarray
        Shape (n words, dimensions); centered, and then of length 1.
    """

    words: tuple
    vectors: np.ndarray

    def of(self, words):
        """The vectors of `words`, shape (n, dimensions).

        Raises
        ------
        ValueError
            Names the first word that has none.
        """
        places = {word: place for place, word in enumerate(self.words)}
        for word in words:
            if word not in places:
                raise ValueError(f"no vector for {word!r}: it is not among the {len(self.words)} words of the corpus")
        return self.vectors[[places[word] for word in words]]

    def rotated(self, rotation):
        """The same words, their vectors turned by `rotation` (dimensions, dimensions)."""
        return Embedding(self.words, self.vectors @ rotation)


def embed(texts, dimensions=40, window=5, min_count=3, seed=0):
    """Word vectors from counts of which words stand near which: PPMI, then a truncated SVD.

    Levy and Goldberg 2014 show that word2vec factorizes nearly the same matrix.

    Parameters
    ----------
    texts : sequence of str
        Words between spaces.
    dimensions : int
    window : int
        How many words before and after a word are near it.
    min_count : int
        Words that occur less often have no vector.
    seed : int
        The seed of the randomized SVD.

    Returns
    -------
    Embedding

    Raises
    ------
    ValueError
        If there are not more words than dimensions.
    """
    words, documents = _vocabulary(texts, min_count)
    if len(words) <= dimensions:
        raise ValueError(f"{dimensions} dimensions need more words than that, the corpus has {len(words)}")
    left, values, _ = randomized_svd(ppmi(_neighbors(documents, len(words), window)), dimensions, random_state=seed)
    vectors = left * np.sqrt(values)
    vectors -= vectors.mean(axis=0)  # common to all words, and another one in each language
    return Embedding(words, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _vocabulary(texts, min_count):
    documents = [text.split() for text in texts]
    kinds, counts = np.unique([word for document in documents for word in document], return_counts=True)
    order = np.lexsort((kinds, -counts))
    words = tuple(str(word) for word in kinds[order][counts[order] >= min_count])
    places = {word: place for place, word in enumerate(words)}
    return words, [np.array([places[word] for word in document if word in places], int) for document in documents]


def _neighbors(documents, count, window):
    """How often each word stands near each other one, shape (count, count)."""
    pairs = [(document[:-distance], document[distance:]) for document in documents for distance in range(1, window + 1)]
    left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
    near = sparse.coo_matrix((np.ones(len(left)), (left, right)), shape=(count, count)).tocsr()
    return near + near.T


def ppmi(counts):
    """Positive pointwise mutual information, max(0, log(P(a, b) / (P(a) P(b)))) (Church and Hanks 1990).

    Parameters
    ----------
    counts : scipy.sparse matrix or numpy.ndarray
        How often a and b occur together.
    """
    counts = sparse.coo_matrix(counts)
    total = counts.sum()
    rows, columns = (np.asarray(counts.sum(axis=axis)).ravel() for axis in (1, 0))
    values = np.log(counts.data * total / (rows[counts.row] * columns[counts.col]))
    return sparse.csr_matrix((np.maximum(values, 0), (counts.row, counts.col)), shape=counts.shape)


def text_vectors(texts, embedding, negations=()):
    """The mean of each text's word vectors, words without one left out; shape (n, dimensions).

    Parameters
    ----------
    texts : sequence of str
    embedding : Embedding
    negations : set of str
        Words that turn the two that follow around: those count with the opposite sign (a short form of the
        marking of negated words in Das and Chen 2001).
    """
    places = {word: place for place, word in enumerate(embedding.words)}
    rows = np.zeros((len(texts), len(embedding.words)))
    for row, text in enumerate(texts):
        words = text.split()
        for position, word in enumerate(words):
            if word in places:
                negated = any(before in negations for before in words[max(0, position - 2) : position])
                rows[row, places[word]] += -1 if negated else 1
        rows[row] /= max(1, len(words))
    return rows @ embedding.vectors
