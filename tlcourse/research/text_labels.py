"""How many labels a pretrained encoder of text saves, against TF-IDF and a network from scratch (C50, C51).

Generated texts are read by the course's own teacher, real ones by MiniLM. The numbers of the two are not comparable:
the teacher's texts come from the same grammar as the target's.
"""

import functools
from typing import NamedTuple

import numpy as np

from tlcourse import text
from tlcourse.datasets import texts
from tlcourse.research import text_arms

LABELS_EACH = (1, 5, 10, 50, 280)
GENERATED_POOL, GENERATED_TEST = 600, 400
SCORES = {"films": text_arms.accuracy, "messages": text_arms.macro_f1}


class SplitTexts(NamedTuple):
    """Texts with their vectors, split for one seed."""

    pool: texts.TaggedTexts
    test: texts.TaggedTexts
    vectors: dict  # name of the arm to (vectors of the pool, vectors of the test texts)


@functools.cache
def encoder_and_tokenizer(name):
    """A teacher, loaded once in a process."""
    return text_arms.teacher_parts(name)


def generated(domain, seed):
    """Texts of a domain that no other seed has, with the vectors of the course's teacher and of a random network."""
    encoder, tokenizer = encoder_and_tokenizer("texts_bert")
    parts = [
        texts.generate(domain, count, 10_000 + 2 * seed + number)
        for number, count in enumerate((GENERATED_POOL, GENERATED_TEST))
    ]
    ids = tuple(tokenizer.encode(part.texts, text_arms.LENGTH) for part in parts)
    encoders = {"teacher": encoder, "random": text_arms.untrained(encoder, seed)}
    vectors = {
        name: tuple(text.sentence_vectors(each, part, cached=False) for part in ids) for name, each in encoders.items()
    }
    return SplitTexts(*parts, vectors)


def real(name, seed, with_random=True):
    """Real texts, three in five of each class for the labels and the others for the test, with MiniLM's vectors.

    Raises
    ------
    texts.TextsUnavailable, teachers.TeacherUnavailable
        If texts or teacher are neither on this machine nor on the network.
    """
    data = texts.real(name)
    encoder, tokenizer = encoder_and_tokenizer("minilm")
    ids = tokenizer.encode(data.texts, text_arms.LENGTH)
    vectors = {"teacher": text.sentence_vectors(encoder, ids)}
    if with_random:
        vectors["random"] = text.sentence_vectors(text_arms.untrained(encoder, 0), ids)
    rng = np.random.default_rng(seed)
    pool, test = [], []
    for label in range(2):
        order = rng.permutation(np.flatnonzero(data.labels == label))
        pool.append(order[: len(order) * 3 // 5])
        test.append(order[len(order) * 3 // 5 :])
    places = [np.concatenate(part) for part in (pool, test)]
    parts = [data.take(part) for part in places]
    split = {arm: tuple(each[part] for part in places) for arm, each in vectors.items()}
    return SplitTexts(*parts, split)


def curves(target, score, seed):
    """Scores by arm and labels per class; all arms get the same labels."""
    result = {arm: {} for arm in (*target.vectors, "tfidf", "small_network")}
    labels, truth = target.pool.labels, target.test.labels
    for count in LABELS_EACH:
        chosen = chosen_places(labels, count, seed)
        for arm, (pool, test) in target.vectors.items():
            result[arm][str(count)] = score(truth, text_arms.linear_head(pool[chosen], labels[chosen], test))
        words = [target.pool.texts[place] for place in chosen]
        result["tfidf"][str(count)] = score(truth, text_arms.tf_idf(words, labels[chosen], target.test.texts))
        guessed = text_arms.small_network(words, labels[chosen], target.test.texts, seed)
        result["small_network"][str(count)] = score(truth, guessed)
    return result


def chosen_places(labels, count, seed):
    """Places of `count` texts of each class, shuffled; a smaller draw is part of a larger one."""
    rng = np.random.default_rng(seed)
    members = [rng.permutation(np.flatnonzero(labels == label)) for label in range(2)]
    return rng.permutation(np.concatenate([places[:count] for places in members]))


def run(seed):
    """Both kinds of texts: "films" by accuracy, "messages" by macro F1.

    The random network of MiniLM's size reads the films only: its vectors of all messages take as long as the rest.
    """
    result = {"generated": {}, "real": {}}
    for name, score in SCORES.items():
        result["generated"][name] = curves(generated(name, seed), score, seed)
        result["real"][name] = curves(real(name, seed, with_random=name == "films"), score, seed)
    return result
