"""What a network for spoken digits forgets when it is adapted to a new speaker, and what prevents that (C48).

The network learns from known speakers. Then it is adapted to a new speaker, and from there to a second one. Every
method takes as many steps on batches of the same size:

- naive: nothing else. Its `strength` is the learning rate; the other methods use the largest one.
- replay: a share of each batch are old clips, 100 of which are kept (Chaudhry et al. 2019).
- l2_sp: strength / 2 times the squared distance from the weights before (Li, Grandvalet & Davoine 2018).
- ewc: the same, with each weight's Fisher information as its importance (Kirkpatrick et al. 2017), scaled to mean 1.
- lwf: the outputs of the network before, on the new clips, are targets (Li & Hoiem 2016), at temperature 2.
- all_clips: replay from all old clips instead of 100, an upper bound that keeps everything.

`develop` runs other speakers. `run` takes from its record each method's strength with the largest mean of old and new
accuracy after the first speaker. The strengths for real speech are those chosen on generated development speakers.
"""

from typing import NamedTuple

import keras
import numpy as np
from scipy import special

from tlcourse import continual
from tlcourse.data import results
from tlcourse.datasets import speech
from tlcourse.distillation import SoftTargets

KNOWN, CLIPS_EACH, NEW_EACH, TEST_EACH, REAL_EACH = 5, 12, 10, 8, 30  # speakers, and clips of each digit
DEVELOPMENT = 500  # added to the seed for development speakers
PRETRAINING, STEPS, BATCH, RATE = 600, 100, 32, 1e-3
MEMORY, FISHER = 100, 60  # clips
TEMPERATURE = 2.0
STRENGTHS = {
    "naive": (1e-4, 3e-4, 1e-3),
    "replay": (0.25, 0.5, 0.75),
    "l2_sp": (0.1, 1.0, 10.0),
    "ewc": (1.0, 10.0, 100.0),
    "lwf": (0.05, 0.2, 1.0),
}
DEVELOPED = 2


class Learner:
    """A network with the trainers of all methods, each traced once."""

    def __init__(self, shape, seed):
        self.model = continual.trunk_and_head(shape, 10, seed=seed)
        weights = self.model.trainable_variables
        self.anchors = [keras.Variable(weight) for weight in weights]
        self.importance = [keras.Variable(keras.ops.ones_like(weight)) for weight in weights]
        self.strength = keras.Variable(1.0)
        self.plain = continual.Trainer(self.model)
        self.elastic = continual.Trainer(self.model, lambda logits, batch: self._distance(weights))
        soft = SoftTargets(TEMPERATURE)
        self.kept = continual.Trainer(self.model, lambda logits, batch: self.strength * soft(batch[2], logits))

    def _distance(self, weights):
        parts = zip(weights, self.anchors, self.importance, strict=True)
        return 0.5 * self.strength * sum(keras.ops.sum(f * (w - a) ** 2) for w, a, f in parts)

    def fisher(self, clips, rng):
        """Fisher information of each weight, scaled to mean 1; labels are sampled from the network's predictions."""
        squares = [np.zeros(weight.shape) for weight in self.model.trainable_variables]
        for clip in clips:
            label = rng.choice(10, p=special.softmax(continual.logits_of(self.model, clip[None])[0].astype(float)))
            for total, slope in zip(squares, continual.gradients(self.model, clip[None], [label]), strict=True):
                total += slope**2
        mean = sum(total.sum() for total in squares) / sum(total.size for total in squares)
        return [total / max(mean, 1e-12) for total in squares]

    def adapt(self, method, strength, clips, labels, memory, fisher, seed):
        """Train on from the present weights by one method."""
        rng = np.random.default_rng(seed)
        old = [weight.numpy() for weight in self.model.trainable_variables]
        for place, anchor in enumerate(self.anchors):
            anchor.assign(old[place])
            self.importance[place].assign(fisher[place] if method == "ewc" else np.ones(old[place].shape))
        self.strength.assign(strength)
        stream = continual.batches(clips, labels, STEPS, rng, BATCH)
        if method == "naive":
            return self.plain.train((batch[:2] for batch in stream), strength)
        if method == "replay":
            return self.plain.train(replayed(clips, labels, *memory, strength, rng), RATE)
        if method == "lwf":
            before = continual.logits_of(self.model, clips)
            return self.kept.train(((x, y, before[places]) for x, y, places in stream), RATE)
        return self.elastic.train((batch[:2] for batch in stream), RATE)


def replayed(clips, labels, old_clips, old_labels, share, rng):
    """Batches of which a share is old."""
    old = round(share * BATCH)
    streams = (
        continual.batches(clips, labels, STEPS, rng, BATCH - old),
        continual.batches(old_clips, old_labels, STEPS, rng, old),
    )
    for new, kept in zip(*streams, strict=True):
        yield tuple(np.concatenate([first, second]) for first, second in zip(new[:2], kept[:2], strict=True))


class Speakers(NamedTuple):
    """Clips to learn from and to test on, with the numbers of the known speakers and of the new ones in their order."""

    learned: speech.SpokenDigits
    tested: speech.SpokenDigits
    known_speakers: list
    new: list

    def clips(self, part, who):
        """Clips and digits of some speakers."""
        chosen = part.take(np.isin(part.speakers, who))
        return chosen.images, chosen.digits


def generated(seed):
    """Known speakers of three accents and two new ones, each with a new accent; no other seed has these voices."""
    accents = [*(number % 3 for number in range(KNOWN)), 3, 4]
    people = [(100 + 10 * seed + number, accent) for number, accent in enumerate(accents)]
    learned = speech.generate(people, CLIPS_EACH, 2 * seed)
    return Speakers(learned, speech.generate(people, TEST_EACH, 2 * seed + 1), *_known_and_new(KNOWN + 2))


def real(seed):
    """Six real people, with 30 clips of each digit to learn from; in seeds 0 to 5, each is the first new one once."""
    data = speech.real()
    order = np.roll(np.arange(len(data.names)), -seed - 1).tolist()
    parts = [data.split(speaker, REAL_EACH, seed) for speaker in order]
    learned, tested = (
        speech.SpokenDigits(
            *(
                np.concatenate([getattr(part[side], name) for part in parts])
                for name in ("images", "digits", "speakers")
            ),
            data.names,
            data.source,
        )
        for side in (0, 1)
    )
    return Speakers(learned, tested, order[:4], order[4:][::-1])


def _known_and_new(count):
    return list(range(count - 2)), [count - 2, count - 1]


def first_of_each(clips, labels, count):
    """The first `count` clips of each digit."""
    places = np.concatenate([np.flatnonzero(labels == digit)[:count] for digit in range(10)])
    return clips[places], labels[places]


class SpeakerSequence:
    """One seed: a pretrained network, its memory, and what each method makes of it."""

    def __init__(self, data, seed):
        self.data, self.seed, self.rng = data, seed, np.random.default_rng(seed)
        self.old = data.clips(data.learned, data.known_speakers)
        self.learner = Learner(self.old[0].shape[1:], seed)
        stream = (batch[:2] for batch in continual.batches(*self.old, PRETRAINING, self.rng, BATCH))
        self.start = self.learner.plain.train(stream, RATE).get_weights()
        self.memory = self._sample(*self.old)
        self.importance = self.learner.fisher(self.memory[0][:FISHER], self.rng)

    def _sample(self, clips, labels):
        places = self.rng.permutation(len(labels))[:MEMORY]
        return clips[places], labels[places]

    def accuracies(self):
        """Accuracy on known speakers, the first new one and the second."""
        model, data = self.learner.model, self.data
        return [continual.accuracy(model, *data.clips(data.tested, who)) for who in (data.known_speakers, *data.new)]

    def adapt(self, method, strength, number, memory=None):
        """Adapt to the new speaker of this number from the present weights; gives the accuracies after it."""
        new = first_of_each(*self.data.clips(self.data.learned, self.data.new[number]), NEW_EACH)
        keep = memory if memory is not None else self.old if method == "all_clips" else self.memory
        self.learner.adapt(
            "replay" if method == "all_clips" else method, strength, *new, keep, self.importance, self.seed
        )
        return self.accuracies()

    def first_speaker(self, method, strength):
        """Accuracies after the first new speaker."""
        self.learner.model.set_weights(self.start)
        return self.adapt(method, strength, 0)

    def both_speakers(self, method, strength):
        """Accuracies before, after the first new speaker and after the second: rows are times, columns are speakers."""
        self.learner.model.set_weights(self.start)
        rows = [self.accuracies(), self.adapt(method, strength, 0)]
        first = first_of_each(*self.data.clips(self.data.learned, self.data.new[0]), NEW_EACH)
        everything = self.old if method == "all_clips" else self.memory
        both = [np.concatenate(pair) for pair in zip(everything, first, strict=True)]
        return [*rows, self.adapt(method, strength, 1, both if method == "all_clips" else self._sample(*both))]


def trade_off(sequence):
    """Old and new accuracy after the first speaker, by method and strength."""
    result = {}
    for method, strengths in STRENGTHS.items():
        rows = {str(strength): sequence.first_speaker(method, strength) for strength in strengths}
        result[method] = {strength: {"old": row[0], "new": row[1]} for strength, row in rows.items()}
    return result


def develop(seed):
    """The trade-off on generated development speakers."""
    return trade_off(SpeakerSequence(generated(DEVELOPMENT + seed), seed))


def chosen():
    """Each method's strength with the largest mean of old and new accuracy in the development record."""
    record = results("forgetting_development")
    best = {}
    for method, strengths in STRENGTHS.items():
        means = {
            each: record[method][str(each)]["old"]["mean"] + record[method][str(each)]["new"]["mean"]
            for each in strengths
        }
        best[method] = max(means, key=means.get)
    return best | {"all_clips": best["replay"]}


def over_time(sequence):
    """Each method's accuracies over time with its chosen strength, and its forgetting after the second speaker."""
    result = {"matrix": {}, "forgetting": {}}
    for method, strength in chosen().items():
        rows = sequence.both_speakers(method, strength)
        columns = ("known", "first", "second")
        result["matrix"][method] = {str(time): dict(zip(columns, row, strict=True)) for time, row in enumerate(rows)}
        result["forgetting"][method] = float(np.mean(np.max(rows[:2], axis=0)[:2] - rows[2][:2]))
    return result


def run(seed):
    """Generated speakers with the trade-off of every strength, and real speakers with the chosen strengths."""
    sequence = SpeakerSequence(generated(seed), seed)
    return {
        "generated": {"trade_off": trade_off(sequence)} | over_time(sequence),
        "real": over_time(SpeakerSequence(real(seed), seed)),
    }
