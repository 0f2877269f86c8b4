"""The experiments on masks and on the Vision Transformer: scores, outlines, networks, and what is kept apart."""

import keras
import numpy as np
import pytest

from tlcourse import counting
from tlcourse.research import segmentation_arms, segmentation_labels, vit_transfer


def test_iou_leaves_out_absent_classes():
    predicted, true = np.array([[0, 0], [1, 1]]), np.array([[0, 1], [1, 1]])
    scores = segmentation_arms.iou_by_class(predicted, true, 3)
    assert scores[:2] == pytest.approx([1 / 2, 2 / 3])
    assert np.isnan(scores[2])
    assert segmentation_arms.mean_iou(predicted, true, 3) == pytest.approx(7 / 12)


def test_an_outline_is_one_pixel_on_either_side():
    mask = np.zeros((1, 5, 6), int)
    mask[:, :, 3:] = 1
    assert np.flatnonzero(segmentation_arms.near_outline(mask)[0, 2]).tolist() == [2, 3]


def test_dilation_keeps_the_weights_and_doubles_the_maps():
    pooled, _ = segmentation_labels.parts_of("linear")
    dilated, _ = segmentation_labels.parts_of("dilated")
    assert pooled.outputs[0].shape[1:] == (6, 6, 96)
    assert dilated.outputs[0].shape[1:] == (12, 12, 96)
    ours, theirs = ([np.abs(array).sum() for array in model.get_weights()] for model in (dilated, pooled))
    assert sorted(ours) == pytest.approx(sorted(theirs))


def test_a_decoder_without_skips_has_the_same_steps_and_costs_less():
    heads = {name: segmentation_labels.parts_of(name) for name in ("frozen", "no_skips")}
    for kind in (keras.layers.Conv2D, keras.layers.UpSampling2D):
        counts = [sum(isinstance(layer, kind) for layer in head.layers) for _, head in heads.values()]
        assert counts[0] == counts[1] > 0
    costs = [counting.multiply_adds(segmentation_arms.whole_model(*both)) for both in heads.values()]
    assert costs[1] < costs[0]


def test_nobody_is_both_in_training_and_in_the_test(monkeypatch):
    asked = []
    monkeypatch.setattr(segmentation_labels.parts, "masked_portraits", lambda people, seed: asked.append(list(people)))
    segmentation_labels.portraits_with_masks(0)
    assert [len(set(people)) for people in asked] == [50, 60]
    assert not set(asked[0]) & set(asked[1])


@pytest.mark.slow
def test_a_mask_is_predicted_for_each_test_image():
    pool, test = segmentation_labels.portraits_with_masks(0, people=range(15_000, 15_110))
    predicted = segmentation_labels.predict("frozen", pool.take(slice(10)), test, seed=0, steps=2)
    assert predicted.shape == test.masks.shape
    assert set(np.unique(predicted)) <= set(range(5))


def test_both_networks_of_the_comparison_have_about_as_many_parameters():
    sizes = [build(vit_transfer.PEOPLE).count_params() for build in vit_transfer.BUILDERS.values()]
    assert max(sizes) < 1.2 * min(sizes)


def test_features_of_both_are_means_over_places():
    for build in vit_transfer.BUILDERS.values():
        model = build(5)
        features = keras.Model(model.inputs[0], vit_transfer.feature_layer(model))
        assert features.output_shape[-1] < 100
