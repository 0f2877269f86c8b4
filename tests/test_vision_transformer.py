"""The Vision Transformer: sizes as published, attention that sums to one, and places that matter."""

import keras
import numpy as np
import pytest

from tlcourse import counting
from tlcourse.teachers import vision_zoo
from tlcourse.vision_transformer import attention_maps, build_vit


def test_vit_b16_has_the_published_size():
    model = counting.blueprint(build_vit, 1000, size=224, patch=16, width=768, depth=12, heads=12, hidden=3072)
    assert model.count_params() + 2 * 768 == 86_567_656 == vision_zoo.VIT_B16.parameters  # a class token and its place
    assert counting.multiply_adds(model) == vision_zoo.VIT_B16.multiply_adds


@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "MobileNetV2"])
def test_the_catalog_has_the_multiply_adds_of_the_architecture(name):
    model = counting.blueprint(getattr(keras.applications, name), weights=None)
    (row,) = [row for row in vision_zoo.rows() if row.name == name]
    assert counting.multiply_adds(model) == row.multiply_adds


def test_attention_sums_to_one():
    model = build_vit(3, size=24, patch=8, width=16, depth=2, heads=2, hidden=16)
    images = np.random.default_rng(0).integers(0, 256, (2, 24, 24, 3))
    weights = attention_maps(model, images, layer=2)
    assert weights.shape == (2, 2, 9, 9)
    assert weights.sum(axis=-1) == pytest.approx(1, abs=1e-5)


def test_the_place_of_a_patch_matters():
    keras.utils.set_random_seed(0)
    model = build_vit(3, size=16, patch=8, width=16, depth=1, heads=2, hidden=16)
    images = np.random.default_rng(0).integers(0, 256, (1, 16, 16, 3)).astype("float32")
    moved = np.concatenate([images[:, :, 8:], images[:, :, :8]], axis=2)
    vectors = model.get_layer("places").vectors
    assert np.abs(np.asarray(model(images) - model(moved))).max() > 0
    vectors.assign(np.zeros(vectors.shape))
    assert np.asarray(model(images)) == pytest.approx(np.asarray(model(moved)), abs=1e-4)


def test_patches_must_cover_the_image():
    with pytest.raises(ValueError, match="size 48 must be a multiple of patch 7"):
        build_vit(2, patch=7)
