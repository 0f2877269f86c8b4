"""Six ways of pretraining, compared on one task (C46).

All models are one small network that reads the same texts for the same number of steps. What differs is the objective,
the attention mask and, for ALBERT, whether the layers share their weights. `develop` measures each arm at several rates
on development texts, and `run` takes the best for each.
"""

import functools

import keras
import numpy as np
import tensorflow as tf

from tlcourse import teachers
from tlcourse.data import results
from tlcourse.datasets import texts
from tlcourse.research import text_arms
from tlcourse.research.text_labels import chosen_places
from tlcourse.text import objectives
from tlcourse.text.language_model import LanguageModel
from tlcourse.text.word_pieces import MASK

MODELS = ("bert", "roberta", "albert", "gpt", "t5", "xlnet")
LENGTH, BATCH, STEPS = 24, 32, 120  # three passes over the texts
TEXTS_EACH, LABELS_EACH, TEST = 256, 10, 400
TUNING_STEPS = 30
RATES, TUNING_RATES = (1e-3, 4e-3), (1e-3, 4e-3)
DEVELOPMENT = 5_000  # added to the seeds of development texts
DEVELOPED = 2


class Classifier:
    """A language model with a linear head on the mean of its states; all weights learn (traced once)."""

    def __init__(self, model):
        network = model.network
        self._states = keras.Model(network.inputs, network.layers[-1].input)
        self._kernel = keras.Variable(np.zeros((self._states.output.shape[-1], 2), np.float32))
        self._variables = [*network.trainable_variables[:-2], self._kernel]  # without the head over pieces
        self._optimizer = keras.optimizers.Adam(1e-3)
        self._optimizer.build(self._variables)
        self._step = tf.function(self._train_step, reduce_retracing=True)
        self._read = tf.function(self._logits, reduce_retracing=True)

    def fit(self, batch, labels, steps, rate):
        """Adam on all rows at each step, from a head of zeros; the rate falls to 0."""
        for variable in (self._kernel, *self._optimizer.variables):
            variable.assign(keras.ops.zeros_like(variable))
        inputs = [tf.constant(each) for each in (*batch[:3], labels)]
        for number in range(steps):
            self._optimizer.learning_rate.assign(rate * (1 - number / steps))
            self._step(*inputs)

    def classes(self, batch):
        """The class of each row."""
        return self._read(*(tf.constant(each) for each in batch[:3])).numpy().argmax(axis=1)

    def _logits(self, ids, places, mask):
        real = tf.cast(ids != 0, tf.float32)[..., None]
        states = self._states([ids, places, mask], training=True)
        return tf.matmul(tf.reduce_sum(states * real, 1) / tf.reduce_sum(real, 1), self._kernel.value)

    def _train_step(self, ids, places, mask, labels):
        with tf.GradientTape() as tape:
            logits = self._logits(ids, places, mask)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        gradients = tape.gradient(loss, [variable.value for variable in self._variables])
        self._optimizer.apply(gradients, self._variables)


@functools.cache
def tokenizer():
    """The course's own word pieces."""
    return teachers.tokenizer("texts_bert")


@functools.cache
def network(shared=False):
    """The network and its classifier, traced once in a process."""
    model = LanguageModel(len(tokenizer().vocabulary) + objectives.SENTINELS, shared)
    return model, Classifier(model)


def rows(domains, count, seed):
    """Ids of `count` generated texts of each domain."""
    sample = sum((texts.generate(domain, count, seed).texts for domain in domains), ())
    ids = tokenizer().encode(sample, LENGTH)
    return np.pad(ids, ((0, 0), (0, LENGTH - ids.shape[1])))


def examples(ids, model, rng):
    """A batch of `ids` as one of `MODELS` reads it."""
    vocabulary, mask_id = len(tokenizer().vocabulary), tokenizer().ids[MASK]
    if model == "gpt":
        return objectives.causal(ids)
    if model == "t5":
        return objectives.spans(ids, rng, vocabulary)
    hide = objectives.permuted if model == "xlnet" else objectives.masked
    return hide(ids, rng, mask_id)


def stream(ids, model, seed, batch=BATCH):
    """Batches without end; BERT's pieces are hidden once, before training, and all others anew each time."""
    rng = np.random.default_rng(seed)
    fixed = examples(ids, model, rng) if model == "bert" else None
    for places in objectives.rows_without_end(len(ids), batch, rng):
        if fixed is not None:
            yield objectives.Batch(*(part[places] for part in fixed))
        else:
            yield examples(ids[places], model, rng)


def pretrained(model, ids, seed, rate, steps=STEPS):
    """The network and its classifier after pretraining as one of `MODELS`."""
    learner, classifier = network(model == "albert")
    learner.restart(seed)
    learner.fit(stream(ids, model, seed), steps, rate)
    return learner, classifier


def task(seed):
    """Messages for a seed: a few with labels, and others for the test; ham or spam."""
    pool = texts.generate("messages", 200, 20_000 + 2 * seed)
    return pool.take(chosen_places(pool.labels, LABELS_EACH, seed)), texts.generate("messages", TEST, 20_001 + 2 * seed)


def compare(parts, train, test, causal, rates):
    """Accuracy of a network on the task: frozen with a linear head, and fine-tuned at each rate."""
    learner, classifier = parts
    start = learner.network.get_weights()
    batches = [objectives.plain(_ids(data), causal) for data in (train, test)]
    vectors = [_means(learner, batch) for batch in batches]
    guessed = text_arms.linear_head(vectors[0], train.labels, vectors[1])
    tuned = {}
    for rate in rates:
        learner.network.set_weights(start)
        classifier.fit(batches[0], train.labels, TUNING_STEPS, rate)
        tuned[rate] = text_arms.accuracy(test.labels, classifier.classes(batches[1]))
    return text_arms.accuracy(test.labels, guessed), tuned


def _ids(data):
    ids = tokenizer().encode(data.texts, LENGTH)
    return np.pad(ids, ((0, 0), (0, LENGTH - ids.shape[1])))


def _means(learner, batch):
    real = (batch.ids != 0)[..., None]
    means = (learner.states(batch) * real).sum(axis=1) / real.sum(axis=1)
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def develop(seed):
    """By model and rate: held-out loss of its own objective, and accuracy on development messages by tuning rate."""
    seed += DEVELOPMENT
    ids, held_out = rows(texts.DOMAINS, TEXTS_EACH, seed), rows(texts.DOMAINS, 40, seed + 500)
    train, test = task(seed)
    measured = {"loss": {}, "tuned": {}}
    for model in MODELS:
        losses, tuned = {}, {}
        for rate in RATES:
            parts = pretrained(model, ids, seed, rate)
            losses[f"{rate:g}"] = parts[0].loss(examples(held_out, model, np.random.default_rng(0)))
            _, tuned[rate] = compare(parts, train, test, model == "gpt", TUNING_RATES)
        measured["loss"][model] = losses
        best = min(RATES, key=lambda rate: losses[f"{rate:g}"])
        measured["tuned"][model] = {f"{rate:g}": accuracy for rate, accuracy in tuned[best].items()}
    for model, shared in (("scratch", False), ("scratch_shared", True)):
        learner, classifier = network(shared)
        _, tuned = compare((learner.restart(seed), classifier), train, test, False, TUNING_RATES)
        measured["tuned"][model] = {f"{rate:g}": accuracy for rate, accuracy in tuned.items()}
    return measured


def chosen(recorded, part, arm, sign=1):
    """The rate with the highest mean (or lowest, with `sign` -1) of an arm; the lowest of equal ones."""
    by_rate = recorded[part][arm]
    return max(map(float, by_rate), key=lambda rate: (sign * by_rate[f"{rate:g}"]["mean"], -rate))


def run(seed):
    """Accuracy on messages by model, frozen and fine-tuned; and parameters.

    Raises
    ------
    FileNotFoundError
        If "pretraining_objectives_development" is not recorded yet.
    """
    recorded = results("pretraining_objectives_development")
    ids = rows(texts.DOMAINS, TEXTS_EACH, seed)
    train, test = task(seed)
    measured = {name: {} for name in ("frozen", "tuned", "parameters")}
    for model in (*MODELS, "scratch", "scratch_shared"):
        if model in MODELS:
            parts = pretrained(model, ids, seed, chosen(recorded, "loss", model, -1))
        else:
            learner, classifier = network(model == "scratch_shared")
            parts = learner.restart(seed), classifier
        rate = chosen(recorded, "tuned", model)
        frozen, tuned = compare(parts, train, test, model == "gpt", (rate,))
        measured["frozen"][model], measured["tuned"][model] = frozen, tuned[rate]
        measured["parameters"][model] = float(parts[0].network.count_params())
    guessed = text_arms.tf_idf(train.texts, train.labels, test.texts)
    return {**measured, "tfidf": text_arms.accuracy(test.labels, guessed)}
