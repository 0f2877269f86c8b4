"""X_s != X_t: sentiment learned from English reviews, asked of Spanish ones (C28)."""

import numpy as np
from scipy import linalg

from tlcourse import scenario_network
from tlcourse.datasets import reviews
from tlcourse.domains import embeddings

REVIEWS, TEST_REVIEWS, DIMENSIONS, WINDOW = 3_000, 1_000, 20, 10
PAIRS = (5, 10, 20, 40, 80)


def run(seed):
    """Accuracy of a classifier of English sentiment, by what is done for its Spanish readers.

    ``unaligned``: the Spanish words' own vectors, as they are. ``wrong_dictionary``: 40 pairs, shuffled.
    ``aligned``: by so many pairs. ``word_by_word``: only the words of a dictionary of 40, replaced by English ones.
    ``spanish_labels``: a classifier trained on Spanish reviews. ``nearest_translation``: share of the dictionary's
    other words whose nearest English neighbor is the right one.
    """
    corpora = [reviews.corpus(language, REVIEWS, 1_000 + 2 * seed) for language in reviews.LANGUAGES]
    english, spanish = (embeddings.embed(corpus.texts, DIMENSIONS, WINDOW) for corpus in corpora)
    pairs = [pair for pair in reviews.dictionary() if pair[0] in english.words and pair[1] in spanish.words]
    pairs = [pairs[place] for place in np.random.default_rng(seed).permutation(len(pairs))]
    classifiers = [_classifier(*both) for both in zip(corpora, (english, spanish), strict=True)]
    tests = [reviews.corpus(language, TEST_REVIEWS, 1_001 + 2 * seed) for language in reviews.LANGUAGES]
    written = [reviews.handwritten(language) for language in reviews.LANGUAGES]
    accuracies = {
        name: _by_repair(classifiers, (english, spanish), pairs, texts, seed)
        for name, texts in {"reviews": tests, "handwritten": written}.items()
    }
    turned = spanish.rotated(alignment(spanish, english, pairs[:40]))
    return {**accuracies, "nearest_translation": translation_accuracy(turned, english, pairs[40:])}


def _by_repair(classifiers, both, pairs, texts, seed):
    (english, spanish), (classifier, native) = both, classifiers
    english_texts, spanish_texts = texts

    def with_pairs(chosen):
        return _accuracy(classifier, spanish_texts, spanish.rotated(alignment(spanish, english, chosen)))

    wrong = np.random.default_rng(seed).permutation([pair[1] for pair in pairs[:40]])
    return {
        "english": _accuracy(classifier, english_texts, english),
        "unaligned": _accuracy(classifier, spanish_texts, spanish),
        "wrong_dictionary": with_pairs([(pair[0], str(word)) for pair, word in zip(pairs, wrong, strict=False)]),
        "aligned": {str(count): with_pairs(pairs[:count]) for count in PAIRS},
        "word_by_word": _accuracy(classifier, spanish_texts, _translated(english, pairs[:40])),
        "spanish_labels": _accuracy(native, spanish_texts, spanish),
    }


def _translated(english, pairs):
    """Vectors for Spanish words that are their English translations' vectors; other words have none."""
    return embeddings.Embedding(tuple(pair[1] for pair in pairs), english.of([pair[0] for pair in pairs]))


def _classifier(corpus, embedding):
    return scenario_network.linear(embeddings.text_vectors(corpus.texts, embedding, reviews.NEGATIONS), corpus.labels)


def _accuracy(classifier, data, embedding):
    return float(classifier.score(embeddings.text_vectors(data.texts, embedding, reviews.NEGATIONS), data.labels))


def alignment(target, source, dictionary):
    """The rotation that brings the target's vectors nearest to the source's, for the pairs of a dictionary.

    Orthogonal Procrustes (Schönemann 1966), for word vectors Xing et al. 2015: a rotation keeps all angles
    within the language.

    Parameters
    ----------
    target, source : Embedding
    dictionary : sequence of (str, str)
        Word of the source, word of the target; both must have vectors.

    Returns
    -------
    numpy.ndarray
        Shape (dimensions, dimensions), orthogonal: for ``target.rotated(rotation)``.
    """
    source_words, target_words = zip(*dictionary, strict=True)
    return linalg.orthogonal_procrustes(target.of(target_words), source.of(source_words))[0]


def translation_accuracy(target, source, pairs):
    """Share of `pairs` (source word, target word) whose target word has the source word as its nearest neighbor."""
    source_words, target_words = zip(*pairs, strict=True)
    nearest = (target.of(target_words) @ source.vectors.T).argmax(axis=1)
    return float(np.mean([source.words[place] == word for place, word in zip(nearest, source_words, strict=True)]))
