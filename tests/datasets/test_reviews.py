"""The reviews: repeatable, balanced, in two languages that are no translations of each other."""

import hashlib
import itertools

import numpy as np
import pytest

from tlcourse.datasets import reviews
from tlcourse.datasets.reviews.words import ADJECTIVES, NOUNS, VERBS

SHA256 = {
    "english": "8689d0b4112e3e00d86fdc4db72470ae5a5af0a9fde230a1f7ada83bae5d0d09",
    "spanish": "51a38d2027e2f8eaf4819c90aa18615fa895e042880e7d3a711c5a926e9637db",
}


@pytest.mark.parametrize("language", reviews.LANGUAGES)
def test_the_reviews_are_the_same_on_every_machine(language):
    assert hashlib.sha256("\n".join(reviews.corpus(language, 50, 0).texts).encode()).hexdigest() == SHA256[language]


@pytest.mark.parametrize("language", reviews.LANGUAGES)
def test_what_a_corpus_holds(language):
    data = reviews.corpus(language, 400, 3)
    assert len(data) == len(data.texts) == 400
    assert data.labels.dtype == np.int64
    assert np.bincount(data.labels).tolist() == [200, 200]
    assert data.class_names == ("negative", "positive")
    assert "nobody" in data.source
    assert len(set(data.texts)) > 390
    for text in data.texts:
        assert text == " ".join(text.split()) == text.lower()


def test_a_seed_repeats_its_reviews_and_a_longer_corpus_has_the_same_grammar():
    first, again, other = (reviews.corpus("spanish", 50, seed) for seed in (1, 1, 2))
    assert first.texts == again.texts
    assert not set(first.texts) & set(other.texts)


def test_a_sentence_without_a_turn_has_only_words_of_its_sentiment():
    """Counted another way than the grammar does: positive and negative words, turned around by a negation before."""
    spanish = {word: adjective.sentiment for adjective in ADJECTIVES
               for word in (adjective.masculine, adjective.feminine)}  # fmt: skip
    english = {adjective.english: adjective.sentiment for adjective in ADJECTIVES}
    for language, lexicon in (("english", english), ("spanish", spanish)):
        for sentiment in (1, -1):
            lexicon = {**lexicon, **{pair[language == "spanish"]: sentiment for pair in VERBS[sentiment]}}
        data = reviews.corpus(language, 300, 9)
        sums = np.array([_sum(text.split(), lexicon) for text in data.texts])
        assert np.array_equal(sums[sums != 0] > 0, data.labels[sums != 0] == 1)
        assert (sums == 0).mean() < 0.01


def _sum(words, lexicon):
    return sum(
        lexicon.get(word, 0) * (-1 if {"not", "no"} & set(words[max(0, place - 2) : place]) else 1)
        for place, word in enumerate(words)
    )


def test_spanish_adjectives_agree_with_their_nouns():
    gender = {noun.spanish: noun.gender for noun in NOUNS}
    article = {"el": "m", "un": "m", "la": "f", "una": "f"}
    seen = 0
    for text in reviews.corpus("spanish", 200, 0).texts:
        words = text.split()
        for before, noun in itertools.pairwise(words):
            if before in article and noun in gender:
                assert article[before] == gender[noun]
                seen += 1
    assert seen > 300
    assert not any("una jardín" in text or "sopa delicioso" in text for text in reviews.corpus("spanish", 500, 1).texts)


def test_each_language_has_its_own_word_frequencies():
    counts = []
    for number, language in enumerate(reviews.LANGUAGES):
        text = " ".join(reviews.corpus(language, 500, 0).texts).split()
        counts.append([text.count(pair[number]) for pair in reviews.dictionary()])
    assert np.corrcoef(np.log1p(counts))[0, 1] < 0.9


def test_the_dictionary_translates_each_word_once_in_each_direction_and_the_corpora_have_its_words():
    english, spanish = zip(*reviews.dictionary(), strict=True)
    assert len(set(english)) == len(english)
    assert len(set(spanish)) >= len(spanish) - 3
    for language, words in zip(reviews.LANGUAGES, (english, spanish), strict=True):
        used = set(" ".join(reviews.corpus(language, 1_500, 0).texts).split())
        assert len(set(words) - used) <= 2


def test_handwritten_sentences_are_balanced_and_parallel():
    english, spanish = (reviews.handwritten(language) for language in reviews.LANGUAGES)
    assert np.array_equal(english.labels, spanish.labels)
    assert len(english) == 40
    assert english.labels.mean() == 0.5
    assert not set(english.texts) & set(reviews.corpus("english", 500, 0).texts)


@pytest.mark.parametrize("call", [lambda: reviews.corpus("french", 5, 0), lambda: reviews.handwritten("french")])
def test_another_language_is_named(call):
    with pytest.raises(ValueError, match=r"english, spanish.*'french'"):
        call()


def test_no_reviews_raise():
    with pytest.raises(ValueError, match="got 0"):
        reviews.corpus("english", 0, 0)
