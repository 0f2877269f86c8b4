"""The parts of unit 10's experiments: augmentation, recall, pairs, turned images, variances; and descriptions."""

import re

import numpy as np
import pytest

from tlcourse.datasets import descriptions, faces, speech
from tlcourse.research import described_people, few_shot, new_speaker, partial_pooling, self_supervised, two_views


def test_augmented_clips_keep_their_digit_and_their_silence():
    clips = speech.generate([(0, 0)], 1, seed=0)
    images, digits = new_speaker.augmented(clips, 50, seed=1)
    assert images.shape == (50, 40, 48, 1)
    assert images.dtype == np.uint8
    assert images.min() == 2
    sources = [np.flatnonzero(clips.digits == digit)[0] for digit in digits]
    pairs = ((image.ravel(), clips.images[place].ravel()) for image, place in zip(images, sources, strict=True))
    alike = [np.corrcoef(*pair)[0, 1] for pair in pairs]
    assert np.median(alike) > 0.8


def test_voices_and_accents_of_seeds_do_not_overlap(monkeypatch):
    asked = []
    monkeypatch.setattr(new_speaker, "trained", lambda clips, seed: None)
    monkeypatch.setattr(new_speaker, "accuracy", lambda model, clips: 0.0)
    monkeypatch.setattr(new_speaker, "adapted", lambda *arguments: {})
    monkeypatch.setattr(speech, "generate", lambda people, clips, seed: asked.append(set(sum(people, ()))))
    numbers = []
    for seed in range(6):
        asked.clear()
        new_speaker.run(seed)
        numbers.append(set.union(*asked))
    assert sum(map(len, numbers)) == len(set.union(*numbers))


def test_recall_counts_ties_as_misses():
    table = np.array([[3.0, 1.0], [4.0, 4.0]])
    assert described_people.recalls(table)["image_to_text"] == {"at_1": 0.5, "at_5": 1.0}
    assert described_people.recalls(table)["text_to_image"] == {"at_1": 0.5, "at_5": 1.0}


def test_mini_clip_learns_pairs():
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(200), 2)
    traits = rng.integers(0, 2, (200, 12)).astype("float32")
    features = (traits @ rng.normal(size=(12, 20)))[people] + rng.normal(0, 0.1, (400, 20))
    seen, spoken = described_people.mini_clip(features.astype("float32"), traits[people], people, seed=0)
    table = seen(features[::2].astype("float32")) @ spoken(traits).T
    assert (table.argmax(axis=1) == np.arange(200)).mean() > 0.3  # by chance 0.005


def test_turned_images_match_their_turns():
    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 3)).astype("uint8")
    turned, turns = self_supervised.rotated(images, np.random.default_rng(1))
    assert set(turns) == {0, 1, 2, 3}
    for before, after, turn in zip(images, turned, turns, strict=True):
        np.testing.assert_array_equal(np.rot90(after, -turn), before)


def test_prototypes_of_separate_classes_are_found():
    labels = np.repeat(np.arange(few_shot.CLASSES), 2)
    points = np.eye(few_shot.CLASSES)[labels] * 5
    scores = few_shot.accuracies(points, labels, points + 0.1, labels)
    assert scores["prototypes"] == scores["neighbor"] == 1.0


def test_the_variances_of_a_balanced_design_are_those_of_the_analysis_of_variance():
    rng = np.random.default_rng(0)
    table = rng.normal(0, 2, (2_000, 1)) + rng.normal(0, 3, (2_000, 5))
    within, between = partial_pooling.variances(table.ravel(), np.repeat(np.arange(2_000), 5))
    assert within == pytest.approx(table.var(axis=1, ddof=1).mean())
    assert between == pytest.approx(table.mean(axis=1).var(ddof=1) - within / 5)
    assert (within**0.5, between**0.5) == pytest.approx((3, 2), rel=0.1)


def test_descriptions_name_the_traits():
    people = list(faces.DEVELOPMENT_PEOPLE[:60])
    table, names = descriptions.attributes(people)
    assert table.shape == (60, len(names)) == (60, 36)
    assert (table.sum(axis=1) == len(descriptions.VALUES)).all()
    words = {word for number in people for word in re.findall(r"\w+", descriptions.describe(number))}
    others = {word for number in people for word in re.findall(r"\w+", descriptions.describe(number, other_words=True))}
    assert "glasses" in words
    assert len(others - words) > 10


def test_the_contrastive_loss_of_two_views_is_that_of_its_definition():
    rng = np.random.default_rng(0)
    first, second = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in rng.normal(size=(2, 3, 64)))
    views, expected = np.concatenate([first, second]), np.zeros(6)
    for row in range(6):
        others = [place for place in range(6) if place != row]
        scores = views[others] @ views[row] / two_views.TEMPERATURE
        partner = views[(row + 3) % 6] @ views[row] / two_views.TEMPERATURE
        expected[row] = np.log(np.exp(scores).sum()) - partner
    loss = two_views.nt_xent(None, np.concatenate([first, second], axis=1).astype("float32"))
    assert np.asarray(loss) == pytest.approx((expected[:3] + expected[3:]) / 2, abs=1e-4)


def test_two_views_of_an_image_differ_within_the_range_of_pixels():
    images = faces.portraits(faces.DEVELOPMENT_PEOPLE[:16], 1, seed=0).images
    views = two_views.augmentation(0)
    first, second = (np.asarray(views(images.astype("float32"), training=True)) for _ in range(2))
    assert np.abs(first - second).mean() > 5
    assert first.min() >= 0
    assert first.max() <= 255
    assert two_views.simclr_features(images, seed=0, epochs=1).output.shape == (None, 576)
