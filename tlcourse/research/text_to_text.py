"""One small T5 for translation, summarization and question answering on generated pairs (C51, C55).

The arm *pretrained* first fills gaps in other inputs and outputs of the three tasks, which nobody paired; *scratch*
begins with random weights. Both then learn from the same pairs of all three tasks, for the same number of steps.
"""

import functools

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from tlcourse.data import results
from tlcourse.datasets import text_tasks
from tlcourse.research.language_models import BATCH, DEVELOPMENT, chosen
from tlcourse.text import objectives
from tlcourse.text.generation import written
from tlcourse.text.language_model import LanguageModel
from tlcourse.text.word_pieces import SEPARATE, SPECIAL

PAIRS_EACH, TEST_EACH = 600, 100
PRETRAINING_STEPS, STEPS = 120, 300
RATES = (1e-3, 4e-3)
DEVELOPED = 2
VOCABULARY = (*SPECIAL, *text_tasks.words())
NUMBERS = {word: number for number, word in enumerate(VOCABULARY)}
END = NUMBERS[SEPARATE]


@functools.cache
def network():
    """The network, traced once in a process."""
    return LanguageModel(len(VOCABULARY) + objectives.SENTINELS)


def numbers(text):
    """The number of each word."""
    return [NUMBERS[word] for word in text.split()]


def pairs(seed):
    """Pairs to learn from, and by task pairs for the test whose inputs are not among them."""
    train = {task: text_tasks.pairs(task, PAIRS_EACH, 50_000 + 2 * seed) for task in text_tasks.TASKS}
    test = {}
    for task, learned in train.items():
        sources = {source for source, _ in learned}
        new = [pair for pair in text_tasks.pairs(task, 2 * TEST_EACH, 50_001 + 2 * seed) if pair[0] not in sources]
        test[task] = new[:TEST_EACH]
    return train, test


def plain_rows(seed):
    """Other inputs and outputs of the three tasks, each as a text of its own."""
    texts = [text for task in text_tasks.TASKS for pair in text_tasks.pairs(task, PAIRS_EACH, 70_000 + seed)
             for text in pair if len(text.split()) > 2]  # fmt: skip
    ids = np.zeros((len(texts), max(len(text.split()) for text in texts)), np.int32)
    for row, text in zip(ids, texts, strict=True):
        row[: len(text.split())] = numbers(text)
    return ids


def prepare(arm, seed, rate):
    """The network before it sees a pair."""
    learner = network().restart(seed)
    if arm == "pretrained":
        rng, ids = np.random.default_rng(seed), plain_rows(seed)
        batches = (objectives.spans(ids[rows], rng, len(VOCABULARY))
                   for rows in objectives.rows_without_end(len(ids), BATCH, rng))  # fmt: skip
        learner.fit(batches, PRETRAINING_STEPS, rate)
    return learner


def learn(learner, train, seed, rate, steps=STEPS):
    """Train on the pairs of all tasks together."""
    rng = np.random.default_rng(seed)
    data = [(numbers(source), [*numbers(target), END]) for part in train.values() for source, target in part]
    length = max(len(inputs) + len(outputs) for inputs, outputs in data)
    batches = (objectives.text_to_text([data[place] for place in rows], length)
               for rows in objectives.rows_without_end(len(data), BATCH, rng))  # fmt: skip
    learner.fit(batches, steps, rate)
    return learner


def exact(learner, test):
    """By task, the share of outputs that are correct in every word."""
    scores = {}
    for task, part in test.items():
        outputs = written(learner, [numbers(source) for source, _ in part], END)
        scores[task] = float(np.mean([out == numbers(target) for out, (_, target) in zip(outputs, part, strict=True)]))
    return scores


def nearest(train, test):
    """Baseline: the output of the most similar training input, by TF-IDF of words and pairs of words."""
    scores = {}
    for task, part in test.items():
        vectorizer = TfidfVectorizer(ngram_range=(1, 2)).fit([source for source, _ in train[task]])
        first, second = (vectorizer.transform([source for source, _ in each]) for each in (part, train[task]))
        places = np.asarray((first @ second.T).argmax(axis=1)).ravel()
        scores[task] = float(np.mean([train[task][place][1] == target
                                      for place, (_, target) in zip(places, part, strict=True)]))  # fmt: skip
    return scores


def most_frequent(train, test):
    """Baseline: the most frequent output of the training pairs, the first in the alphabet of equal ones."""
    scores = {}
    for task, part in test.items():
        outputs = sorted(target for _, target in train[task])
        best = max(outputs, key=outputs.count)
        scores[task] = float(np.mean([best == target for _, target in part]))
    return scores


def develop(seed):
    """Mean share of correct outputs on development pairs, by arm and rate."""
    seed += DEVELOPMENT
    train, test = pairs(seed)
    by_arm = {}
    for arm in ("pretrained", "scratch"):
        scores = {rate: exact(learn(prepare(arm, seed, rate), train, seed, rate), test) for rate in RATES}
        by_arm[arm] = {f"{rate:g}": float(np.mean(list(by_task.values()))) for rate, by_task in scores.items()}
    return {"correct": by_arm}


def run(seed):
    """Share of correct outputs by arm and task, and of the baselines.

    Raises
    ------
    FileNotFoundError
        If "text_to_text_development" is not recorded yet.
    """
    recorded = results("text_to_text_development")
    train, test = pairs(seed)
    scores = {"nearest": nearest(train, test), "most_frequent": most_frequent(train, test)}
    for arm in ("pretrained", "scratch"):
        rate = chosen(recorded, "correct", arm)
        scores[arm] = exact(learn(prepare(arm, seed, rate), train, seed, rate), test)
    words = [text_tasks.word_by_word(source) == target for source, target in test["translate"]]
    return {**scores, "word_by_word": {"translate": float(np.mean(words))}}
