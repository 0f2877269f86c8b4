"""What a network of known speakers is worth for a new one, by the number of labeled clips (C51), and C35: accents.

A seed has five known speakers and one new one, who is the unit of the interval. Voices and accents of different seeds
differ. The real speech has six speakers, so each of its six seeds leaves one of them out. All trained arms take the
same augmented clips and as many steps. Their rates were chosen from 0.001 and 0.003 in trials that are not recorded,
with two other speakers and five clips of each digit. The head on random weights did best at the higher rate and got
0.01, which was not tried.
"""

import functools

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from tlcourse import networks
from tlcourse.datasets import speech
from tlcourse.linear_probe import linear_classifier

KNOWN, CLIPS_EACH, EPOCHS = 5, 20, 10
ADAPTED_WITH = (1, 5, 10)  # clips of each digit
TEST_EACH = 20
STEPS, BATCH = 60, 32
RATES = {"fine_tuned": 1e-3, "head_only": 3e-3, "from_scratch": 1e-3, "random_frozen": 1e-2}


def run(seed):
    """Synthetic speech: accuracy without clips of the new speaker ("cost"), and after adaptation to it."""
    first = 10_000 + 10 * seed  # voices; accent 0 is not used, so no accent is in two seeds
    known_speakers = [(first + number, first + number) for number in range(KNOWN)]
    new_people = {
        "known": known_speakers,
        "new_voice": [(first + KNOWN, first + number) for number in range(KNOWN)],
        "new_accent": [(first + number, first + KNOWN) for number in range(KNOWN)],
        "new_speaker": [(first + KNOWN, first + KNOWN)],
    }
    base = trained(speech.generate(known_speakers, CLIPS_EACH, seed=1), seed)
    tests = {kind: speech.generate(people, 10 // len(people), seed=2) for kind, people in new_people.items()}
    costs = {kind: accuracy(base, clips) for kind, clips in tests.items()}
    stranger = speech.generate(new_people["new_speaker"], max(ADAPTED_WITH) + TEST_EACH, seed=3)
    return {"cost": costs, "adapted": adapted(base, stranger, 0, seed)}


def run_real(seed):
    """Real speech: the same without one of six speakers, number `seed`; voice and accent cannot be told apart."""
    data = speech.real()
    others = np.random.default_rng(seed).permutation(np.flatnonzero(data.speakers != seed))
    base = trained(data.take(others[300:]), seed)
    new = data.take(data.speakers == seed)
    costs = {"known": accuracy(base, data.take(others[:300])), "new_speaker": accuracy(base, new)}
    return {"cost": costs, "adapted": adapted(base, data, seed, seed)}


def trained(clips, seed, epochs=EPOCHS):
    """The network of the known speakers."""
    keras.utils.set_random_seed(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = networks.compile_and_build(networks.speech_cnn(), keras.optimizers.Adam(2e-3), loss)
    model.fit(clips.images, clips.digits, batch_size=64, epochs=epochs, verbose=0)
    return model


def adapted(base, data, speaker, seed, counts=ADAPTED_WITH, rates=RATES):
    """Accuracies by arm and number of clips, on clips of the speaker that no arm has."""
    _, tested = data.split(speaker, max(ADAPTED_WITH), seed)
    result = {"none": accuracy(base, tested)} | {arm: {} for arm in (*rates, "log_mel")}
    for count in counts:
        few, _ = data.split(speaker, count, seed)
        batches = augmented(few, STEPS * BATCH, seed)
        for arm, rate in rates.items():
            learn = _all_learn if arm in ("fine_tuned", "from_scratch") else _head_learns
            result[arm][str(count)] = learn(_start(arm, base, few.images, seed), *batches, rate, tested)
        result["log_mel"][str(count)] = _log_mel_accuracy(few, tested, seed)
    return result


def _start(arm, base, images, seed):
    """Weights of the known speakers, or random ones; with the batch norms of the new speaker if these stay frozen."""
    if arm in ("fine_tuned", "head_only"):
        return base.get_weights()
    keras.utils.set_random_seed(seed + 500)
    model = networks.speech_cnn()
    if arm == "random_frozen":
        networks.refresh_batch_norm(model, images)
    return model.get_weights()


class SpeakerTrainer:
    """A compiled network that starts again and again: tracing it takes as long as a training."""

    def __init__(self, model):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model = networks.compile_and_build(model, keras.optimizers.Adam(1e-3), loss)
        self.untouched = [variable.numpy() for variable in model.optimizer.variables]

    def train(self, weights, inputs, digits, rate):
        """The network after one pass over the inputs, from these weights and with a new optimizer."""
        self.model.set_weights(weights)
        for variable, value in zip(self.model.optimizer.variables, self.untouched, strict=True):
            variable.assign(value)
        self.model.optimizer.learning_rate = rate
        self.model.fit(inputs, digits, batch_size=BATCH, shuffle=False, verbose=0)
        return self.model


@functools.cache
def _trainers():
    """For all weights, the frozen layers up to the features, and for the head."""
    whole = networks.speech_cnn()
    frozen = networks.speech_cnn()
    features = keras.Model(frozen.inputs, frozen.get_layer("features").output)
    inputs = keras.Input(features.output_shape[1:])
    head = keras.Model(inputs, keras.layers.Dense(10)(keras.layers.Dropout(0.3)(inputs)))
    return SpeakerTrainer(whole), features, SpeakerTrainer(head)


def _all_learn(weights, images, digits, rate, tested):
    return accuracy(_trainers()[0].train(weights, images, digits, rate), tested)


def _head_learns(weights, images, digits, rate, tested):
    _, features, trainer = _trainers()
    features.set_weights(weights[:-2])
    rows, tested_rows = (features.predict(part, batch_size=256, verbose=0) for part in (images, tested.images))
    scores = trainer.train(weights[-2:], rows, digits, rate)(tested_rows, training=False)
    return float(np.mean(scores.numpy().argmax(axis=1) == tested.digits))


def augmented(clips, count, seed):
    """`count` clips at random: shifted by up to 3 frames and 2 bands, louder or softer by up to 25 of 255.

    Returns
    -------
    tuple
        Images (count, 40, 48, 1), uint8, and digits (count,).
    """
    rng = np.random.default_rng(seed)
    places = rng.integers(len(clips), size=count)
    shifts = rng.integers((-2, -3), (3, 4), size=(count, 2))
    images = np.stack(
        [np.roll(clips.images[place], shift, (0, 1)) for place, shift in zip(places, shifts, strict=True)]
    )
    louder = images + rng.uniform(-25, 25, (count, 1, 1, 1))
    return np.clip(np.where(images > 2, louder, images), 2, 255).astype(np.uint8), clips.digits[places]


def _log_mel_accuracy(few, tested, seed):
    """Logistic regression on the images themselves, with four augmented clips for each one."""
    more, digits = augmented(few, 4 * len(few), seed)
    images = np.concatenate([few.images, more]).reshape(5 * len(few), -1) / 255.0
    with threadpool_limits(1):
        model = linear_classifier(100).fit(images, np.concatenate([few.digits, digits]))
        return float(model.score(tested.images.reshape(len(tested), -1) / 255.0, tested.digits))


def accuracy(model, clips):
    """The share of clips whose digit has the highest score."""
    scores = model(clips.images, training=False).numpy()
    return float(np.mean(scores.argmax(axis=1) == clips.digits))
