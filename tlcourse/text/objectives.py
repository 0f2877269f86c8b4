"""Rows of pieces as language models read them: what goes in, what each position sees, and what it must predict.

BERT (Devlin et al. 2019), RoBERTa (Liu et al. 2019), GPT (Radford et al. 2018), T5 (Raffel et al. 2020) with input and
output in one row, and XLNet (Yang et al. 2019). All five share one network, `language_model.build_language_model`.
"""

from typing import NamedTuple

import numpy as np

IGNORED = -1
SHARE = 0.15  # of the pieces that are predicted
SENTINELS = 8  # numbers behind the vocabulary, for spans
_SPAN = 3  # pieces that a span has in the mean


class Batch(NamedTuple):
    """What a language model gets: ids, places and targets of shape (n, length), and a mask, (n, length, length)."""

    ids: np.ndarray
    places: np.ndarray
    mask: np.ndarray
    targets: np.ndarray  # IGNORED where nothing is predicted


def plain(ids, causal=False):
    """Rows without anything to predict, to read their states."""
    visible = np.repeat((ids != 0)[:, None], ids.shape[1], axis=1)
    if causal:
        visible &= np.tri(ids.shape[1], dtype=bool)
    visible |= np.eye(ids.shape[1], dtype=bool)  # padding sees itself, so that no row of the softmax is empty
    return Batch(ids.astype(np.int32), _places(ids), visible, np.full(ids.shape, IGNORED))


def _places(ids):
    return np.tile(np.arange(ids.shape[1], dtype=np.int32), (len(ids), 1))


def masked(ids, rng, mask_id, share=SHARE):
    """BERT: `mask_id` replaces some pieces, one of a row at least; every position sees all of the row."""
    noise = np.where(_can_be_hidden(ids), rng.random(ids.shape), 2.0)
    chosen = (noise < share) | ((noise == noise.min(axis=1, keepdims=True)) & (noise < 2))
    return plain(np.where(chosen, mask_id, ids))._replace(targets=np.where(chosen, ids, IGNORED))


def causal(ids):
    """GPT: each position sees itself and those before it, and predicts the next piece."""
    following = np.pad(ids[:, 1:], ((0, 0), (0, 1)))
    return plain(ids, causal=True)._replace(targets=np.where(following > 0, following, IGNORED))


def permuted(ids, rng, mask_id, share=SHARE):
    """XLNet: positions are predicted in a random order, and see what comes before them in it.

    Behind the pieces of a row stand questions, one for each predicted piece: `mask_id` at its place. A question sees
    the pieces that come earlier in the order, not the one it asks for; no piece sees a question. Pieces and questions
    are XLNet's two streams. Only the last pieces of the order are asked for.
    """
    length, count = ids.shape[1], max(1, round(share * ids.shape[1]))
    turn = np.where(_can_be_hidden(ids), rng.random(ids.shape), -1.0)
    asked = np.argsort(turn, axis=1)[:, -count:]
    rows = np.arange(len(ids))[:, None]
    real = turn[rows, asked] >= 0
    turns = np.concatenate([turn, turn[rows, asked]], axis=1)
    sees = np.zeros((len(ids), length + count, length + count), bool)
    sees[:, :, :length] = (turns[:, :, None] > turn[:, None, :]) & (ids != 0)[:, None]
    sees[:, :length, :length] |= ((turn < 0)[:, :, None] & (turn < 0)[:, None, :]) & (ids != 0)[:, None]
    sees |= np.eye(length + count, dtype=bool)
    targets = np.full((len(ids), length + count), IGNORED)
    targets[:, length:] = np.where(real, ids[rows, asked], IGNORED)
    inputs = np.concatenate([ids, np.full((len(ids), count), mask_id)], axis=1)
    places = np.concatenate([_places(ids), asked], axis=1)
    return Batch(inputs.astype(np.int32), places.astype(np.int32), sees, targets)


def spans(ids, rng, first_sentinel, share=SHARE):
    """T5: a sentinel replaces each hidden run of pieces, and the output names the runs."""
    pairs = []
    for row in ids:
        size = int((row != 0).sum())
        hidden = _runs(size, rng, share)
        pairs.append(_span_pair(row[:size].tolist(), hidden, first_sentinel))
    return text_to_text(pairs)


def _runs(size, rng, share):
    """Which places are hidden: runs of 1 to 5 places that do not touch, between the first and the last piece."""
    wanted, hidden = max(1, round(share * size)), set()
    for _ in range(20):
        length = int(min(rng.integers(1, 2 * _SPAN), wanted - len(hidden), size - 2))
        if length < 1:
            break
        start = int(rng.integers(1, size - length))
        if not hidden & set(range(start - 1, start + length + 1)):
            hidden |= set(range(start, start + length))
    return hidden


def _span_pair(row, hidden, first_sentinel):
    inputs, outputs, sentinel = [], [], first_sentinel
    for place, piece in enumerate(row):
        if place not in hidden:
            inputs.append(piece)
            continue
        if place - 1 not in hidden:
            inputs.append(sentinel)
            outputs.append(sentinel)
            sentinel += 1
        outputs.append(piece)
    return inputs, [*outputs, sentinel]


def text_to_text(pairs, length=None):
    """Inputs and outputs in one row each: the input sees the input; the output sees both, up to itself.

    Parameters
    ----------
    pairs : sequence of tuple of list of int
        Inputs, with one piece at least, and outputs. The last position of the input predicts the first output piece.
    length : int, optional
        Of the rows; by default that of the longest.
    """
    length = length or max(len(inputs) + len(outputs) for inputs, outputs in pairs)
    ids = np.zeros((len(pairs), length), np.int32)
    starts = np.array([len(inputs) for inputs, _ in pairs])
    for row, (inputs, outputs) in zip(ids, pairs, strict=True):
        row[: len(inputs) + len(outputs)] = [*inputs, *outputs]
    batch = causal(ids)
    place = np.arange(length)
    is_input = place < starts[:, None]
    mask = batch.mask | (is_input[:, :, None] & is_input[:, None, :])
    return batch._replace(mask=mask, targets=np.where(place >= starts[:, None] - 1, batch.targets, IGNORED))


def _can_be_hidden(ids):
    """Neither padding, nor the first or the last piece of a row."""
    later = np.pad(ids[:, 1:], ((0, 0), (0, 1)))
    inner = (ids != 0) & (later != 0)
    inner[:, 0] = False
    return inner


def rows_without_end(count, size, rng):
    """Places of `size` rows at a time, all `count` rows once in each pass, in a new order each time."""
    while True:
        order = rng.permutation(count)
        yield from (order[start : start + size] for start in range(0, count - size + 1, size))
