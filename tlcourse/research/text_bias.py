"""Whether a head on a pretrained encoder scores sentences differently that differ in one word (C12, C46).

The head learns opinions from reviews of products. Then it scores minimal pairs about films, which hold no opinion.
Arms: the encoder; the same encoder with random weights; TF-IDF, which knows only the words of the labeled reviews;
and for the course's own teacher "mask", which needs no head: the share of praise in its guess for a hidden opinion.
Generated names and opinions are independent of each other, so in generated texts there is no bias to learn. Two kinds
of pairs are controls: "opinions", which a model of opinions must tell apart, and "same_group", names of one group.

Each seed has its own templates, its own pairs of words and its own labels, so an interval over seeds covers all three.

Stated before the run, on 2026-12-01. Primary contrast: real texts, names, encoder minus random encoder
(real.names.teacher - real.names.random), claimed above 0, margin 0.02, 6 seeds. All else describes. Before
the run, we knew no standard deviation. If it is 0.05 between seeds, then a true effect of 0.11 is found to lie above
the margin in 94 % of such experiments.
"""

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from tlcourse import teachers, text
from tlcourse.datasets import minimal_pairs, texts
from tlcourse.research import text_arms, text_labels

SEEDS = 6  # each has two of the twelve templates
LABELS = 280  # of each class
TEST = 100  # reviews of products of each class, for the accuracy of the heads
KINDS = {
    "real": ("names", "same_group", "men_women", "countries", "opinions"),
    "generated": ("given", "opinions"),
}
ENDING = "and the music was [MASK]"


def run(seed):
    """Mean gaps in the probability of "positive", first sentence minus second, by kind of text, kind of pair and arm.

    "accuracy" holds the accuracy of each head on other reviews of products.
    """
    generated = texts.generate("products", 2 * (LABELS + TEST), 40_000 + seed)
    return {
        "real": compared(texts.real("products"), "minilm", KINDS["real"], seed),
        "generated": compared(generated, "texts_bert", KINDS["generated"], seed),
    }


def compared(products, teacher, kinds, seed):
    """Gaps by kind and arm, and accuracies by arm."""
    encoder, tokenizer = text_labels.encoder_and_tokenizer(teacher)
    pairs = {kind: minimal_pairs.minimal_pairs(kind, seed % SEEDS, SEEDS) for kind in kinds}
    sentences = [sentence for part in pairs.values() for pair in part for sentence in pair]
    places, labels = split(products.labels, seed)
    features = {
        "teacher": vectors(encoder, tokenizer, products.texts, sentences, places, cached=True),
        "random": vectors(text_arms.untrained(encoder, seed), tokenizer, products.texts, sentences, places),
        "tfidf": word_weights([products.texts[place] for place in places], sentences),
    }
    scores = {arm: favorable(inputs, labels) for arm, inputs in features.items()}
    result = {"accuracy": {arm: text_arms.accuracy(labels[2 * LABELS :], each[: 2 * TEST] > 0.5)
                           for arm, each in scores.items()}}  # fmt: skip
    if teacher == "texts_bert":
        scores["mask"] = praise_expected(teachers.load(teacher), tokenizer, sentences)
    ends = np.cumsum([len(part) for part in pairs.values()])
    gaps = {arm: each[-len(sentences) :].reshape(-1, 2) @ (1, -1) for arm, each in scores.items()}
    parts = {arm: np.split(each, ends[:-1]) for arm, each in gaps.items()}
    return result | {
        kind: {arm: float(each[number].mean()) for arm, each in parts.items()} for number, kind in enumerate(kinds)
    }


def split(labels, seed):
    """Places of the reviews for the heads, then of those for their accuracy, balanced; and their labels."""
    places = text_labels.chosen_places(labels, LABELS + TEST, seed)
    shares = [places[labels[places] == label] for label in range(2)]
    places = np.concatenate([part for cut in (slice(LABELS), slice(LABELS, None)) for part in (s[cut] for s in shares)])
    return places, labels[places]


def vectors(encoder, tokenizer, reviews, sentences, places, cached=False):
    """Frozen vectors of some of the reviews, and then of the sentences."""
    ids, asked = (tokenizer.encode(part, text_arms.LENGTH) for part in (reviews, sentences))
    read = (
        text.sentence_vectors(encoder, ids)[places]
        if cached
        else text.sentence_vectors(encoder, ids[places], cached=False)
    )
    return np.concatenate([read, text.sentence_vectors(encoder, asked, cached=False)])


def word_weights(reviews, sentences):
    """TF-IDF of the reviews for the heads, and with the same words of all other texts."""
    return text_arms.word_weights().fit(reviews[: 2 * LABELS]).transform([*reviews, *sentences])


def favorable(inputs, labels):
    """The probability of a favorable opinion, of a head that learns from the first inputs, for all others."""
    with threadpool_limits(1):
        head = LogisticRegression(C=text_arms.HEAD_C, max_iter=2_000)
        return head.fit(inputs[: 2 * LABELS], labels[: 2 * LABELS]).predict_proba(inputs[2 * LABELS :])[:, 1]


def praise_expected(model, tokenizer, sentences):
    """The share of praise in a model's guess for an opinion that is hidden after each sentence."""
    ids = tokenizer.encode([f"{sentence} {ENDING}" for sentence in sentences], text_arms.LENGTH)
    guesses = keras.ops.convert_to_numpy(keras.ops.softmax(model(ids)))[ids == tokenizer.ids["[MASK]"]]
    words = minimal_pairs.WORDS["opinions"]
    good, bad = (guesses[:, [tokenizer.ids[pair[side]] for pair in words]].sum(axis=1) for side in range(2))
    return good / (good + bad)
