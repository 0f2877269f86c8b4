"""Which layer of an encoder shows names of people, places and organizations best (C35, C50).

A linear classifier reads the frozen state of each word's first piece.
"""

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from tlcourse import text
from tlcourse.datasets import texts
from tlcourse.research import text_arms, text_labels

SENTENCES = (25, 100, 400)
TEST_SENTENCES = 300
WORD_C, STATE_C = 10.0, 1.0


def run(seed):
    """Entity F1 by labeled sentences and layer; "random" is the middle layer of a network with random weights."""
    both = {"generated": (generated(seed), "texts_bert"), "real": (real(seed), "minilm")}
    return {kind: compared(data, teacher, seed) for kind, (data, teacher) in both.items()}


def generated(seed):
    """Texts of all domains, shuffled."""
    count = (max(SENTENCES) + TEST_SENTENCES) // len(texts.DOMAINS)
    parts = [texts.generate(domain, count, 30_000 + seed) for domain in texts.DOMAINS]
    words = [text for part in parts for text in part.texts]
    tags = [row for part in parts for row in part.tags]
    order = np.random.default_rng(seed).permutation(len(words))
    return [words[place] for place in order], [tags[place] for place in order]


def real(seed):
    """Tweets of the Broad Twitter Corpus.

    Raises
    ------
    texts.TextsUnavailable
        If they are neither on this machine nor on the network.
    """
    data = texts.real("entities")
    order = np.random.default_rng(seed).permutation(len(data))[: max(SENTENCES) + TEST_SENTENCES]
    return [data.texts[place] for place in order], [data.tags[place] for place in order]


def compared(data, teacher, seed):
    """F1 by number of sentences and by what the classifier reads; the last `TEST_SENTENCES` are for the test."""
    words, tags = data
    encoder, tokenizer = text_labels.encoder_and_tokenizer(teacher)
    ids, first = tokenizer.encode_words(words, text_arms.LENGTH)
    tags = [row[: int((places >= 0).sum())] for row, places in zip(tags, first, strict=True)]
    inputs = {f"layer_{number}": rows for number, rows in enumerate(states_by_layer(encoder, ids, first))}
    middle = (len(inputs) - 1) // 2
    inputs["random"] = text.word_vectors(text_arms.untrained(encoder, seed), ids, first, middle)
    inputs["word_features"] = [word_features(row.split(" "))[: len(own)] for row, own in zip(words, tags, strict=True)]
    result = {str(count): {} for count in SENTENCES}
    for name, rows in inputs.items():
        for count in SENTENCES:
            predicted = predict(rows[:count], tags[:count], rows[-TEST_SENTENCES:])
            result[str(count)][name] = entity_f1(tags[-TEST_SENTENCES:], predicted)
    return result


def states_by_layer(encoder, ids, first):
    """For each layer the states of the first pieces, a list of arrays (words, width), one a sentence."""
    model = text.layer_states(encoder)
    layers = [[None] * len(ids) for _ in model.outputs]
    order = np.argsort((ids != 0).sum(axis=1), kind="stable")
    for start in range(0, len(order), 32):
        rows = order[start : start + 32]
        part = ids[rows, : (ids[rows] != 0).sum(axis=1).max()]
        for number, states in enumerate(model(part, training=False)):
            for row, sentence in zip(rows, np.asarray(states), strict=True):
                layers[number][row] = sentence[first[row][first[row] >= 0]]
    return layers


def word_features(words):
    """What people who tag names look at: the word, its shape and ends, and the two words before and after it."""
    padded = ["<", "<", *words, ">", ">"]
    return [
        {
            "word": word.lower(),
            "end": word[-3:].lower(),
            "start": word[:3].lower(),
            "capital": word[:1].isupper(),
            "all_capitals": word.isupper(),
            "digit": any(sign.isdigit() for sign in word),
            "sign": word[:1] if not word[:1].isalnum() else "",
            **{f"near_{shift}": padded[place + 2 + shift].lower() for shift in (-2, -1, 1, 2)},
        }
        for place, word in enumerate(words)
    ]


def predict(train, tags, test):
    """A tag for each word of the test sentences."""
    truth = [tag for row in tags for tag in row]
    flat, asked = ([word for row in rows for word in row] for rows in (train, test))
    with threadpool_limits(1):
        if isinstance(flat[0], dict):
            vectorizer = DictVectorizer().fit(flat)
            model = LogisticRegression(C=WORD_C, max_iter=300).fit(vectorizer.transform(flat), truth)
            guessed = model.predict(vectorizer.transform(asked))
        else:
            mean, scale = np.mean(flat, axis=0), np.std(flat) + 1e-6
            model = LogisticRegression(C=STATE_C, max_iter=300).fit((flat - mean) / scale, truth)
            guessed = model.predict((asked - mean) / scale)
    ends = np.cumsum([len(row) for row in test])
    return [tuple(row) for row in np.split(guessed, ends[:-1])]


def entity_f1(true, predicted):
    """F1 of whole entities: one counts as found if its kind, its first and its last word are right."""
    spans = [{(row, *span) for row, tags in enumerate(rows) for span in _spans(tags)} for rows in (true, predicted)]
    matched = len(spans[0] & spans[1])
    return 2 * matched / max(1, len(spans[0]) + len(spans[1]))


def _spans(tags):
    """Kind, first and last place of each run of the same tag."""
    start = 0
    for place in range(1, len(tags) + 1):
        if place == len(tags) or tags[place] != tags[start]:
            if tags[start] != "O":
                yield tags[start], start, place - 1
            start = place
