"""Scores of transferability, adaptation, label shift, embeddings: each against another way to the same number."""

import itertools

import numpy as np
import pytest
from scipy import optimize, stats

from tlcourse.domains import adaptation, embeddings, label_shift, transferability
from tlcourse.research import domain_distance, two_languages, unbalanced_classes


def _log_evidence(features, target, alpha, beta):
    """log P(target) for weights from N(0, 1/alpha) and noise 1/beta: a Gaussian whose covariance is written out."""
    covariance = np.eye(len(target)) / beta + features @ features.T / alpha
    return stats.multivariate_normal(np.zeros(len(target)), covariance).logpdf(target)


def _climbed(features, target, start):
    """The evidence for each image where an optimizer of log alpha and log beta comes to rest."""
    optimum = optimize.minimize(
        lambda logs: -_log_evidence(features, target, *np.exp(logs)), start, method="L-BFGS-B", bounds=[(-10, 14)] * 2
    )
    return -optimum.fun / len(target)


@pytest.mark.parametrize(("n", "d"), [(30, 4), (12, 20)])
def test_log_me_is_the_largest_evidence_that_an_optimizer_finds(n, d):
    rng = np.random.default_rng(n)
    features = rng.normal(size=(n, d))
    labels = (features[:, 0] + 0.5 * rng.normal(size=n) > 0).astype(int) + (features[:, 1] > 1)
    best = []
    for label in np.unique(labels):
        target = (labels == label).astype(float)
        best.append(max(_climbed(features, target, start) for start in itertools.product((-2, 2, 6), (-1, 2, 6))))
    assert transferability.log_me(features, labels, iterations=2_000) == pytest.approx(np.mean(best), abs=1e-4)


def test_log_me_prefers_features_that_tell_the_classes_apart():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 20)
    telling = rng.normal(size=(60, 10)) + 3 * np.eye(10)[labels]
    scores = [transferability.log_me(each, labels) for each in (telling, rng.normal(size=(60, 10)))]
    assert scores[0] > scores[1] + 0.2


def test_leep_is_what_the_papers_sums_give():
    rng = np.random.default_rng(0)
    theta, labels = rng.dirichlet(np.ones(4), 12), np.array([3, 5, 9] * 4)
    total = 0.0
    for i in range(12):
        expected = 0.0
        for z in range(4):
            joint = sum(theta[k, z] for k in range(12) if labels[k] == labels[i]) / 12
            expected += joint / (sum(theta[k, z] for k in range(12)) / 12) * theta[i, z]
        total += np.log(expected)
    assert transferability.leep(theta, labels) == pytest.approx(total / 12)


def test_leep_at_its_ends():
    labels = np.arange(30) % 3
    assert transferability.leep(np.eye(3)[(labels + 1) % 3], labels) == pytest.approx(0)
    assert transferability.leep(np.full((30, 5), 0.2), labels) == pytest.approx(np.log(1 / 3))


def test_leep_wants_probabilities():
    with pytest.raises(ValueError, match="softmax"):
        transferability.leep(np.ones((4, 3)), np.arange(4))


@pytest.mark.parametrize(("moved", "low", "high"), [(0.0, 0.0, 0.35), (1.0, 0.5, 1.2), (8.0, 1.95, 2.0)])
def test_the_a_distance_is_that_of_the_best_possible_classifier(moved, low, high):
    """Two normal distributions `moved` apart are told apart with an error of Phi(-moved / 2)."""
    rng = np.random.default_rng(0)
    source, target = rng.normal(size=(400, 3)), rng.normal([moved, 0, 0], 1, (700, 3))
    distance = domain_distance.proxy_a_distance(source, target)
    assert low <= distance <= high
    assert distance == pytest.approx(2 * (1 - 2 * stats.norm.cdf(-moved / 2)), abs=0.2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: domain_distance.proxy_a_distance(np.ones((20, 3)), np.ones((20, 4))), r"\(20, 3\) and \(20, 4\)"),
        (lambda: domain_distance.proxy_a_distance(np.ones((5, 3)), np.ones((20, 3))), r"10 or more"),
        (lambda: transferability.log_me(np.ones(5), np.ones(5)), r"\(5,\)"),
        (
            lambda: transferability.log_me(np.ones((5, 2)), np.ones(4)),
            r"5 vectors need as many labels, got shape \(4,\)",
        ),
        (lambda: adaptation.coral(np.ones((5, 2)), np.ones((5, 3))), r"\(5, 2\) and \(5, 3\)"),
        (lambda: unbalanced_classes.resample(np.arange(3), 0, "up"), "'up'"),
        (lambda: label_shift.corrected(np.ones((2, 2)) / 2, [1, 0], [0.5, 0.5]), "not in the source"),
        (lambda: embeddings.embed(["a b a b a b"], dimensions=2), "the corpus has 2"),
    ],
)
def test_names_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_coral_gives_the_targets_mean_and_covariance():
    rng = np.random.default_rng(0)
    source, target = (rng.normal(size=(500, 4)) @ rng.normal(size=(4, 4)) + rng.normal(size=4) for _ in range(2))
    moved = adaptation.coral(source, target, ridge=1e-9)
    np.testing.assert_allclose(np.cov(moved, rowvar=False), np.cov(target, rowvar=False), atol=1e-6)
    np.testing.assert_allclose(moved.mean(axis=0), target.mean(axis=0), atol=1e-9)


def test_importance_weights_are_the_ratio_of_the_densities():
    rng = np.random.default_rng(0)
    source, target = rng.normal(0, 1, (4_000, 1)), rng.normal(0.8, 1, (4_000, 1))
    weights = adaptation.importance_weights(source, target)
    true = stats.norm.pdf(source[:, 0], 0.8) / stats.norm.pdf(source[:, 0], 0)
    assert weights.mean() == pytest.approx(1)
    assert np.corrcoef(np.log(weights), np.log(true))[0, 1] > 0.99
    assert np.average(source[:, 0], weights=weights) == pytest.approx(0.8, abs=0.1)
    assert adaptation.effective_count(np.ones(7)) == pytest.approx(7)
    assert adaptation.effective_count([1, 0, 0]) == pytest.approx(1)


def test_adapted_batch_norm_has_the_targets_statistics_and_leaves_the_model_alone(small_teacher, images):
    before = [weight.copy() for weight in small_teacher.get_weights()]
    adapted = adaptation.adapt_batch_norm(small_teacher, images)
    for old, now in zip(before, small_teacher.get_weights(), strict=True):
        assert np.array_equal(old, now)
    first = small_teacher.get_layer("block1_conv1")
    maps = np.asarray(first(small_teacher.get_layer("rescale")(images.astype("float32"))))
    norm = adapted.get_layer("block1_conv1_bn")
    np.testing.assert_allclose(norm.moving_mean, maps.mean(axis=(0, 1, 2)), atol=1e-3)
    np.testing.assert_allclose(norm.moving_variance, maps.var(axis=(0, 1, 2)), rtol=1e-2)
    for old, now in zip(small_teacher.trainable_weights, adapted.trainable_weights, strict=True):
        assert np.array_equal(old, now)


def test_adapting_what_is_not_there_is_named():
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)], name="plain")
    with pytest.raises(ValueError, match="plain has no BatchNormalization"):
        adaptation.adapt_batch_norm(model, np.ones((3, 4)))


def _two_humps(shares, count, seed):
    """Points of two classes, N(-1, 1) and N(1, 1), and the exact P(y | x) if both were as frequent."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(2, count, p=shares)
    x = rng.normal(2 * labels - 1.0, 1)
    second = 1 / (1 + np.exp(-2 * x))
    return np.stack([1 - second, second], axis=1), labels


def test_correction_is_bayes_rule():
    balanced, labels = _two_humps([0.9, 0.1], 4_000, 0)
    corrected = label_shift.corrected(balanced, [0.5, 0.5], [0.9, 0.1])
    odds = balanced[:, 1] / balanced[:, 0] * (0.1 / 0.9)
    np.testing.assert_allclose(corrected[:, 1], odds / (1 + odds))
    accuracies = [(each.argmax(axis=1) == labels).mean() for each in (balanced, corrected)]
    assert accuracies[1] > accuracies[0] + 0.05


def test_em_finds_the_shares_that_are_most_likely():
    probabilities, labels = _two_humps([0.85, 0.15], 3_000, 1)
    estimate = label_shift.shares_by_em(probabilities, [0.5, 0.5])
    likelihood = lambda share: -np.log(probabilities @ [share, 1 - share]).sum()  # noqa: E731 - as it is written
    best = optimize.minimize_scalar(likelihood, bounds=(0.01, 0.99), method="bounded").x
    assert estimate[0] == pytest.approx(best, abs=1e-3)
    assert estimate == pytest.approx(label_shift.shares(labels, 2), abs=0.03)


@pytest.mark.parametrize("hard", [True, False])
def test_bbse_finds_the_shares(hard):
    source, labels = _two_humps([0.5, 0.5], 4_000, 2)
    new, truth = _two_humps([0.1, 0.9], 4_000, 3)
    predictions = [np.eye(2)[each.argmax(axis=1)] if hard else each for each in (source, new)]
    estimate = label_shift.shares_by_bbse(predictions[0], labels, predictions[1])
    assert estimate == pytest.approx(label_shift.shares(truth, 2), abs=0.04)


def test_bbse_without_noise_is_exact():
    predictions = np.array([[1, 0], [1, 0], [0, 1], [1, 0]])  # class 1 is recognized every second time
    assert label_shift.shares_by_bbse(
        predictions, [0, 0, 1, 1], np.array([[1, 0]] * 7 + [[0, 1]] * 3)
    ) == pytest.approx([0.4, 0.6])
    with pytest.raises(ValueError, match="rank 1, less than 2"):
        label_shift.shares_by_bbse(np.array([[1, 0]] * 4), [0, 0, 1, 1], predictions)


def test_resampling_makes_the_classes_even():
    labels = np.array([0] * 50 + [1] * 5 + [2] * 20)
    over, under = (unbalanced_classes.resample(labels, 0, direction) for direction in ("over", "under"))
    assert np.bincount(labels[over]).tolist() == [50, 50, 50]
    assert np.bincount(labels[under]).tolist() == [5, 5, 5]
    assert set(over) == set(range(75))
    assert len(set(under)) == 15


TEXTS = ["the soup was good", "the fish was bad", "the bed was good and the soup was bad"] * 3


def test_ppmi_by_hand():
    counts = np.array([[0, 3, 1], [3, 0, 0], [1, 0, 0]])
    total = counts.sum()
    expected = np.zeros((3, 3))
    for a, b in itertools.product(range(3), range(3)):
        if counts[a, b]:
            ratio = counts[a, b] / total / (counts[a].sum() / total * counts[b].sum() / total)
            expected[a, b] = max(0, np.log(ratio))
    np.testing.assert_allclose(embeddings.ppmi(counts).toarray(), expected)


def test_neighbors_are_counted_on_both_sides_within_the_window():
    words, documents = embeddings._vocabulary(["a b c a", "b"], min_count=1)
    near = embeddings._neighbors(documents, 3, window=2).toarray()
    place = {word: words.index(word) for word in "abc"}
    assert near[place["a"], place["b"]] == 2  # a b, and b . a
    assert near[place["a"], place["c"]] == 2
    assert near[place["b"], place["c"]] == 1
    assert np.array_equal(near, near.T)


def test_alignment_finds_a_rotation_again():
    rng = np.random.default_rng(0)
    words = tuple("abcdefghijkl")
    turn, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    source = embeddings.Embedding(words, rng.normal(size=(12, 4)))
    target = embeddings.Embedding(tuple(word.upper() for word in words), source.vectors @ turn.T)
    pairs = [(word, word.upper()) for word in words]
    rotation = two_languages.alignment(target, source, pairs[:6])
    np.testing.assert_allclose(rotation, turn, atol=1e-9)
    assert two_languages.translation_accuracy(target.rotated(rotation), source, pairs[6:]) == 1
    with pytest.raises(ValueError, match="no vector for 'z'"):
        two_languages.alignment(target, source, [("z", "A")])


def test_vectors_have_length_one_and_texts_are_their_mean():
    embedding = embeddings.embed(TEXTS, dimensions=3, window=3)
    np.testing.assert_allclose(np.linalg.norm(embedding.vectors, axis=1), 1)
    assert embedding.words[0] in ("the", "was")
    mean = embeddings.text_vectors(["soup unknown good"], embedding)[0]
    np.testing.assert_allclose(mean, embedding.of(["soup", "good"]).sum(axis=0) / 3)
    turned = embeddings.text_vectors(["was bad good"], embedding, {"was"})[0]
    was, bad, good = embedding.of(["was", "bad", "good"])
    np.testing.assert_allclose(turned, (was - bad - good) / 3)
