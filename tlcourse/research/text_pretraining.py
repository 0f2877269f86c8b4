"""Pre-train the course's teacher of text: a small BERT with masked pieces, on generated text (Devlin et al. 2019)."""

import collections
import itertools
import time
from importlib.metadata import version

import click
import keras
import numpy as np
import tensorflow as tf

from tlcourse.datasets import texts
from tlcourse.research import teacher_files
from tlcourse.text.encoder import build_encoder
from tlcourse.text.word_pieces import MASK, SPECIAL, WordPieces

NAME = "texts_bert"
RECIPE = {
    "texts_each": 20_000,
    "texts_seed": 1_000,
    "length": 32,
    "masked_share": 0.15,
    "epochs": 4,
    "batch_size": 128,
    "learning_rate": 1.5e-3,
    "optimizer": "AdamW, warm-up over 5% of the steps, then linear decay to 0",
    "seed": 0,
    "sizes": {"width": 64, "depth": 4, "heads": 4, "hidden": 256, "positions": 64},
}
HELD_OUT = {"texts_each": 400, "texts_seed": 1_001}
WHOLE_WORDS = 5e-5  # a word that makes up this share of all words is one piece
MERGES = 150  # pieces of the other words, which are made-up names


def corpus(texts_each, texts_seed):
    """Generated texts of all domains, in one tuple."""
    return sum((texts.generate(domain, texts_each, texts_seed).texts for domain in texts.DOMAINS), ())


def learn_vocabulary(sample):
    """The pieces of a corpus: its frequent words, and what its other words are made of.

    The most frequent pair of neighboring pieces becomes a piece, again and again (Sennrich et al. 2016).

    Returns
    -------
    tuple of str
    """
    counts = collections.Counter(word for text in sample for word in text.split())
    limit = WHOLE_WORDS * counts.total()
    whole = sorted(word for word, count in counts.items() if count >= limit)
    split = {word: [word[0], *(f"##{letter}" for letter in word[1:])] for word in counts if word not in set(whole)}
    letters = sorted({piece for word in counts for piece in (word[0], *(f"##{letter}" for letter in word[1:]))})
    merged = []
    for _ in range(MERGES):
        pairs = collections.Counter()
        for word, pieces in split.items():
            pairs.update(dict.fromkeys(itertools.pairwise(pieces), counts[word]))
        if not pairs:
            break
        pair = max(sorted(pairs), key=pairs.get)
        merged.append(pair[0] + pair[1].removeprefix("##"))
        split = {word: _with_merged(pieces, pair, merged[-1]) for word, pieces in split.items()}
    return tuple(dict.fromkeys((*SPECIAL, *letters, *merged, *whole)))


def _with_merged(pieces, pair, merged):
    result = []
    for piece in pieces:
        if result and (result[-1], piece) == pair:
            result[-1] = merged
        else:
            result.append(piece)
    return result


def masked(ids, rng, share, vocabulary):
    """Rows of ids as a masked language model gets them.

    Of the chosen pieces eight in ten become [MASK], one becomes any piece, and one stays.

    Returns
    -------
    tuple of numpy.ndarray
        The changed ids, and where a piece was chosen, shape (n, length), bool.
    """
    chosen = (ids >= len(SPECIAL)) & (rng.random(ids.shape) < share)
    fate = rng.random(ids.shape)
    changed = np.where(chosen & (fate < 0.8), vocabulary.index(MASK), ids)
    other = rng.integers(len(SPECIAL), len(vocabulary), ids.shape)
    return np.where(chosen & (fate >= 0.9), other, changed).astype(np.int32), chosen


def train(recipe=RECIPE):
    """Train the teacher.

    Returns
    -------
    tuple
        The keras.Model with its head, its tokenizer, and a dictionary of what was measured.
    """
    start = time.perf_counter()
    keras.utils.set_random_seed(recipe["seed"])
    sample = corpus(recipe["texts_each"], recipe["texts_seed"])
    tokenizer = WordPieces(learn_vocabulary(sample))
    ids = _fixed_length(tokenizer.encode(sample, recipe["length"]), recipe["length"])
    model = build_encoder(len(tokenizer.vocabulary), head=True, **recipe["sizes"])
    _fit(model, ids, tokenizer.vocabulary, recipe)
    held_out = _fixed_length(tokenizer.encode(corpus(**HELD_OUT), recipe["length"]), recipe["length"])
    rng = np.random.default_rng(recipe["seed"])
    changed, chosen = masked(held_out, rng, recipe["masked_share"], tokenizer.vocabulary)
    guessed = model.predict(changed, batch_size=256, verbose=0).argmax(axis=-1)
    measured = {
        "held_out_accuracy": round(float((guessed == held_out)[chosen].mean()), 4),
        "held_out_pieces": int(chosen.sum()),
        "trained_pieces": int((ids != 0).sum()),
        "last_run_minutes": round((time.perf_counter() - start) / 60, 1),
    }
    return model, tokenizer, measured


def _fixed_length(ids, length):
    """Rows of ids, filled up with padding to a length."""
    return np.pad(ids, ((0, 0), (0, length - ids.shape[1])))


def _fit(model, ids, vocabulary, recipe):
    """Epochs over all rows, masked anew each time (Liu et al. 2019, RoBERTa)."""
    rng = np.random.default_rng(recipe["seed"])
    batch_size, length = recipe["batch_size"], recipe["length"]
    steps = recipe["epochs"] * sum(1 for _ in batches(ids, batch_size, rng))
    optimizer = keras.optimizers.AdamW(WarmUp(recipe["learning_rate"], steps), weight_decay=0.01, clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    encoder, head = keras.Model(model.inputs[0], model.layers[-1].input), model.layers[-1]
    places_each = int(batch_size * length * recipe["masked_share"])

    @tf.function(reduce_retracing=True)
    def step(changed, places, targets, weights):
        with tf.GradientTape() as tape:
            states = tf.reshape(encoder(changed, training=True), (-1, encoder.output_shape[-1]))
            logits = head(tf.gather(states, places))
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
            loss = tf.reduce_sum(losses * weights) / tf.maximum(tf.reduce_sum(weights), 1.0)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    for epoch in range(recipe["epochs"]):
        losses = []
        for rows in batches(ids, batch_size, rng):
            changed, chosen = masked(rows, rng, recipe["masked_share"], vocabulary)
            places = np.flatnonzero(chosen)[:places_each]
            weights = np.pad(np.ones(len(places), np.float32), (0, places_each - len(places)))
            places = np.pad(places, (0, places_each - len(places)))
            losses.append(float(step(changed, places, rows.ravel()[places], weights)))
        click.echo(f"{NAME}: epoch {epoch + 1} of {recipe['epochs']}, loss {np.mean(losses[-200:]):.3f}")


def batches(ids, batch_size, rng):
    """All rows in random order, in batches of similar length, without needless padding."""
    longest = -(-(ids != 0).sum(axis=1) // 8) * 8
    parts = []
    for length in np.unique(longest):
        order = rng.permutation(np.flatnonzero(longest == length))
        parts += [(order[first : first + batch_size], length) for first in range(0, len(order), batch_size)]
    for place in rng.permutation(len(parts)):
        rows, length = parts[place]
        yield ids[rows, :length]


@keras.saving.register_keras_serializable("tlcourse")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Linear from 0 to a rate over the first 5% of the steps, then linear to 0."""

    def __init__(self, rate, steps):
        self.rate, self.steps = rate, steps

    def __call__(self, step):
        """The rate of a step."""
        share = tf.cast(step, tf.float32) / self.steps
        return self.rate * tf.minimum(share / 0.05, tf.maximum(0.0, (1 - share) / 0.95))

    def get_config(self):
        """What makes the schedule again."""
        return {"rate": self.rate, "steps": self.steps}


def main(recipe=RECIPE):
    """Train the teacher, measure it, and keep it in data/teachers with its card."""
    model, tokenizer, measured = train(recipe)
    card = teacher_files.save_shipped(model, NAME, model_card(measured, tokenizer, recipe))
    click.echo(f"{NAME}: {card['bytes']:,} bytes, {measured['held_out_accuracy']:.4f} of the masked pieces")


def model_card(measured, tokenizer, recipe=RECIPE):
    """What a user of the teacher should know: data, recipe, what was measured, limits, license; and its pieces."""
    texts_in_all = recipe["texts_each"] * len(texts.DOMAINS)
    return {
        "architecture": {"vocabulary_size": len(tokenizer.vocabulary), **recipe["sizes"], "head": True},
        "trained_on": f"{texts_in_all:,} texts that nobody wrote, put together by the grammar of "
        "tlcourse.datasets.texts; without their labels",
        "recipe": {**recipe, "command": f"make teachers NAMES={NAME}"},
        "measured": measured,
        "versions": {package: version(package) for package in ("keras", "tensorflow", "numpy")},
        "not_good_for": "text that people wrote: it knows the words of one small grammar",
        "license": "MIT",
        "vocabulary": " ".join(tokenizer.vocabulary),
    }
