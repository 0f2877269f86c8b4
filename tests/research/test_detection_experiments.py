"""The parts of the experiments on detection: targets and their inverse, suppression, average precision, a tiny run."""

import numpy as np
import pytest

from tlcourse.datasets import faces
from tlcourse.detection import boxed_scenes
from tlcourse.research import detection_arms as arms
from tlcourse.research import detection_labels, detection_stages


def test_a_perfect_prediction_has_an_average_precision_of_one():
    scenes = boxed_scenes(faces.DEVELOPMENT_PEOPLE[:20], 8, seed=3)
    grids = arms.targets(scenes.boxes, 96)
    assert grids[..., 0].sum() == sum(map(len, scenes.boxes))  # no two middles in one cell
    grids[..., 0] = 20 * grids[..., 0] - 10  # logits
    detections = [arms.decoded(grid) for grid in grids]
    assert arms.average_precision(detections, scenes.boxes) == pytest.approx(1)
    for (boxes, _), truth in zip(detections, scenes.boxes, strict=True):
        assert np.allclose(sorted(boxes.tolist()), sorted(truth.tolist()), atol=1e-3)


def test_a_second_detection_of_the_same_box_is_no_hit():
    truth = np.array([[0, 0, 10, 10], [20, 20, 30, 30]], np.float32)
    boxes = np.array([[0, 0, 10, 10], [1, 0, 10, 10], [20, 20, 30, 32], [50, 50, 60, 60]], np.float32)
    assert arms.hits_of(boxes, truth).tolist() == [True, False, True, False]
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    assert arms.average_precision([(boxes, scores)], [truth]) == pytest.approx((1 + 2 / 3) / 2)


def test_suppression_keeps_the_best_box_of_each_cluster():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 11], [20, 20, 30, 30]], np.float32)
    kept, scores = arms.suppressed(boxes, np.array([0.9, 0.8, 0.7]), 0.5)
    assert kept.tolist() == [boxes[0].tolist(), boxes[2].tolist()]
    assert scores.tolist() == [0.9, 0.7]


def test_rescoring_sorts_each_scene_anew():
    proposed = [(np.array([[0, 0, 4, 4], [9, 9, 12, 12.0]]), np.array([0.9, 0.8]))]
    ((boxes, scores),) = detection_stages.rescored(proposed, np.array([0.1, 0.9]))
    assert boxes[0].tolist() == [9, 9, 12, 12]
    assert scores == pytest.approx([0.72, 0.09])


@pytest.mark.slow
def test_a_tiny_run_measures_every_arm(monkeypatch):
    monkeypatch.setattr(detection_labels, "TESTED", 4)
    monkeypatch.setattr(detection_labels, "STEPS", dict.fromkeys(detection_labels.STEPS, 2))
    target = detection_labels.prepared(*detection_labels.scenes(faces.DEVELOPMENT_PEOPLE, 6, 0), 0)
    result = detection_labels.measured(target, 6, 0)
    assert set(result) == set(detection_labels.RATES)
    assert all(0 <= value <= 1 for value in result.values())
    assert set(detection_stages.measured(target, 6, 0)) == {"one_stage", "two_stages", "milliseconds"}
