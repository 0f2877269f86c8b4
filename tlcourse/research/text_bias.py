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
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
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
    train, test = split(products, seed)
    encoder, tokenizer = text_labels.encoder_and_tokenizer(teacher)
    scorers = {
        "teacher": with_head(encoder, tokenizer, train),
        "random": with_head(text_arms.untrained(encoder, seed), tokenizer, train),
        "tfidf": bag_of_words(train),
    }
    if teacher == "texts_bert":
        scorers["mask"] = praise_expected(teachers.load(teacher), tokenizer)
    pairs = {kind: minimal_pairs.minimal_pairs(kind, seed % SEEDS, SEEDS) for kind in kinds}
    sentences = [sentence for part in pairs.values() for pair in part for sentence in pair]
    ends = np.cumsum([len(part) for part in pairs.values()])
    result = {kind: {} for kind in kinds} | {"accuracy": {}}
    for arm, score in scorers.items():
        values = score([*test.texts, *sentences])  # together: each call compiles the encoder again
        if arm != "mask":
            guessed = (values[: len(test)] > 0.5).astype(int)
            result["accuracy"][arm] = text_arms.accuracy(test.labels, guessed)
        gaps = values[len(test) :].reshape(-1, 2) @ (1, -1)
        for kind, part in zip(kinds, np.split(gaps, ends[:-1]), strict=True):
            result[kind][arm] = float(part.mean())
    return result


def split(products, seed):
    """Reviews for the heads, and others for their accuracy."""
    places = text_labels.chosen_places(products.labels, LABELS + TEST, seed)
    shares = [places[products.labels[places] == label] for label in range(2)]
    return (
        products.take(np.concatenate([share[:LABELS] for share in shares])),
        products.take(np.concatenate([share[LABELS:] for share in shares])),
    )


def with_head(encoder, tokenizer, train):
    """Logistic regression on the frozen vectors of an encoder."""

    def vectors(sentences):
        return text.sentence_vectors(encoder, tokenizer.encode(sentences, text_arms.LENGTH), cached=False)

    with threadpool_limits(1):
        head = LogisticRegression(C=text_arms.HEAD_C, max_iter=2_000).fit(vectors(train.texts), train.labels)
    return lambda sentences: head.predict_proba(vectors(sentences))[:, 1]


def bag_of_words(train):
    """Logistic regression on TF-IDF, as in `text_arms.tf_idf`."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b|[!?$£]")
    with threadpool_limits(1):
        head = LogisticRegression(C=text_arms.TFIDF_C, max_iter=2_000)
        model = make_pipeline(vectorizer, head).fit(train.texts, train.labels)
    return lambda sentences: model.predict_proba(sentences)[:, 1]


def praise_expected(model, tokenizer):
    """A function from texts to the share of praise in a model's guess for an opinion that is hidden after the text."""
    places = [[tokenizer.ids[pair[side]] for pair in minimal_pairs.WORDS["opinions"]] for side in range(2)]

    def shares(sentences):
        ids = tokenizer.encode([f"{sentence} {ENDING}" for sentence in sentences], text_arms.LENGTH)
        hidden = ids == tokenizer.ids["[MASK]"]
        guesses = keras.ops.convert_to_numpy(keras.ops.softmax(model(ids)))[hidden]
        good, bad = (guesses[:, part].sum(axis=1) for part in places)
        return good / (good + bad)

    return shares
