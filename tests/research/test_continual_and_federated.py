"""The experiments of unit 12: what they compute, on inputs so small that no network has to learn much."""

import numpy as np
import pytest

from tlcourse import continual, sines
from tlcourse.datasets import speech
from tlcourse.research import automatic_choice, continual_methods, federated_speakers, shared_trunk


@pytest.fixture(scope="module")
def learner():
    return continual_methods.Learner((40, 48, 1), seed=0)


def random_clips(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 40, 48, 1), "uint8"), np.arange(count) % 10


def moved(learner, method, strength):
    """How far a few steps move the weights."""
    before = [weight.numpy().copy() for weight in learner.model.trainable_variables]
    fisher = [np.ones_like(array) for array in before]
    learner.adapt(method, strength, *random_clips(20), random_clips(20, 1), fisher, seed=0)
    after = [weight.numpy() for weight in learner.model.trainable_variables]
    learner.model.set_weights(before)
    return np.sqrt(sum(((new - old) ** 2).sum() for new, old in zip(after, before, strict=True)))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["l2_sp", "ewc"])
def test_a_strong_penalty_keeps_the_weights_near(learner, method):
    assert moved(learner, method, 100.0) < 0.5 * moved(learner, "naive", continual_methods.RATE)


def test_replayed_batches_hold_the_share_of_old_clips():
    new, old = random_clips(40), (np.zeros((40, 40, 48, 1), "uint8"), np.arange(40) % 10)
    for clips, labels in continual_methods.replayed(*new, *old, 0.25, np.random.default_rng(0)):
        assert len(clips) == len(labels) == continual_methods.BATCH
        assert (clips.max(axis=(1, 2, 3)) == 0).sum() == round(0.25 * continual_methods.BATCH)


@pytest.mark.slow
def test_generated_speakers_of_two_seeds_are_different():
    parts = [continual_methods.generated(seed) for seed in (0, 1)]
    assert not set(parts[0].learned.names) & set(parts[1].learned.names)
    assert (parts[0].known_speakers, parts[0].new) == (list(range(5)), [5, 6])
    images, digits = parts[0].clips(parts[0].tested, [5])
    assert len(images) == len(digits) == 10 * continual_methods.TEST_EACH


@pytest.mark.needs_mirror
def test_each_real_speaker_is_new_once(mirror):
    parts = [continual_methods.real(seed) for seed in range(6)]
    assert sorted(part.new[0] for part in parts) == list(range(6))
    assert all(not set(part.known_speakers) & set(part.new) and len(part.known_speakers) == 4 for part in parts)


def test_gradients_of_sines_agree_with_differences():
    rng = np.random.default_rng(0)
    weights = [np.broadcast_to(array, (2, *array.shape)).copy() for array in sines.initial_weights(rng, width=4)]
    x, y = sines.points(sines.tasks(2, "wide", rng), 5, rng)
    slopes = sines.slopes_of(weights, x, y)

    def loss():
        return ((sines.outputs(weights, x) - y) ** 2).mean(axis=1).sum()

    for array, slope in zip(weights, slopes, strict=True):
        array[0, 0, -1] += 1e-6
        high = loss()
        array[0, 0, -1] -= 2e-6
        low = loss()
        array[0, 0, -1] += 1e-6
        assert slope[0, 0, -1] == pytest.approx((high - low) / 2e-6, rel=1e-3, abs=1e-6)


def test_networks_are_averaged_by_their_clips():
    mean = federated_speakers.mean_weights([[np.array([1.0])], [np.array([5.0])]], [3, 1])
    assert mean[0].tolist() == [2.0]


def test_labels_are_counted_from_the_biases_of_a_uniform_network():
    labels = np.array([3, 3, 7, 0])
    gradient = (np.full((4, 10), 0.1) - np.eye(10)[labels]).mean(axis=0)
    assert np.round(federated_speakers.counted_labels(gradient, 4)).tolist() == [1, 0, 0, 2, 0, 0, 0, 1, 0, 0]


def test_a_single_input_is_always_found():
    rng = np.random.default_rng(0)
    assert federated_speakers.found_inputs(rng.random((1, 50)), np.array([2]), rng) == 1


def test_skewed_shares_hold_few_digits():
    digits = np.tile(np.repeat(np.arange(10), 12), 8)
    data = speech.SpokenDigits(np.zeros((960, 1, 1, 1), "uint8"), digits, np.repeat(np.arange(8), 120), (), "")
    parts = federated_speakers.shares(data, "skewed", np.random.default_rng(0))
    assert {len(part) for part in parts} == {24, 36}
    assert all(np.sort(np.bincount(digits[part], minlength=10))[-3:].sum() > 0.6 * len(part) for part in parts)


def test_halving_keeps_the_better_half_in_order():
    assert automatic_choice.halved(["a", "b", "c", "d", "e"], [0.1, 0.9, 0.3, 0.9, 0.2]) == ["b", "d"]
    assert automatic_choice.halved(["a"], [0.1]) == ["a"]


def test_pairs_of_batches_hold_both_tasks():
    asked = np.zeros((20, 24, 24), "uint8"), np.arange(20) % 10
    partner = np.ones((52, 24, 24), "uint8"), np.arange(52) % 26
    for own, labels, theirs, their_labels in shared_trunk.paired_batches(asked, partner, 3, seed=0):
        assert (own.max(), theirs.min()) == (0, 1)
        assert (len(own), len(theirs)) == (len(labels), len(their_labels))


def test_batches_bring_every_input_before_any_comes_again():
    inputs = np.arange(10)[:, None]
    places = np.concatenate([b[2] for b in continual.batches(inputs, np.arange(10), 5, np.random.default_rng(0), 4)])
    assert sorted(places[:8].tolist()) == sorted(set(places[:8].tolist()))
    assert np.bincount(places, minlength=10).min() >= 1
