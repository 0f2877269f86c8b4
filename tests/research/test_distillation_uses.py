"""Ensembles and anomalies: what the scores mean, on networks and images that are cheap."""

import types

import numpy as np
import pytest

from tlcourse.research import distillation_uses


def test_the_ensemble_averages_probabilities_and_not_logits():
    sure, unsure = np.array([[9.0, 0.0]], "float32"), np.array([[0.0, 1.0]], "float32")
    together = np.exp(distillation_uses._mean_log_probability([sure, unsure]))
    expected = (np.exp(sure) / np.exp(sure).sum() + np.exp(unsure) / np.exp(unsure).sum()) / 2
    assert together == pytest.approx(expected, abs=1e-6)


def test_an_area_is_1_where_every_anomaly_scores_higher_and_one_half_by_chance():
    assert distillation_uses._area(np.array([0.1, 0.2]), np.array([0.3, 0.4])) == 1
    assert distillation_uses._area(np.array([0.1, 0.2]), np.array([0.1, 0.2])) == 0.5


def test_images_far_from_the_normal_ones_get_a_higher_score():
    rng = np.random.default_rng(0)
    normal, other = rng.normal(0, 1, (40, 3)), rng.normal(8, 1, (5, 3))
    scores = distillation_uses._nearest_scores(normal, {"normal": normal + 0.01, "other": other}, lambda part: part)
    assert scores["normal"].max() < scores["other"].min()


def test_strange_images_leave_the_portraits_as_they_are():
    portraits = np.random.default_rng(0).integers(0, 256, (8, 48, 48, 3), dtype=np.uint8)
    before = portraits.copy()
    strange = distillation_uses.strange_images(portraits, seed=0)
    assert (portraits == before).all()
    assert set(strange) == set(distillation_uses.ANOMALIES)
    assert (strange["upside_down"][:, 0] == portraits[:, -1]).all()
    square = strange["covered"][:, distillation_uses.COVERED, distillation_uses.COVERED]
    assert (square == square[0, 0, 0]).all()
    untouched = np.ones((48, 48), bool)
    untouched[distillation_uses.COVERED, distillation_uses.COVERED] = False
    assert (strange["covered"][:, untouched] == portraits[:, untouched]).all()


@pytest.mark.slow
def test_a_run_measures_both_uses(monkeypatch):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (40, 48, 48, 3), dtype=np.uint8), np.arange(40) % 20
    test = types.SimpleNamespace(images=images[:20], labels=labels[:20])
    sources = types.SimpleNamespace(seed=0, images=images, labels=labels, labeled=20, test=test)
    accuracies = distillation_uses.ensemble(sources, members=2, steps=20)
    assert set(accuracies) == {"member", "members_together", "student", "student_of_one"}
    assert all(0 <= value <= 1 for value in accuracies.values())
    areas = distillation_uses.anomalies(sources, steps=20)
    assert set(areas) == set(distillation_uses.ANOMALIES)
    assert set(areas["covered"]) == {"student", "student_of_untrained", "nearest_features", "nearest_pixels"}
