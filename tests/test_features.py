"""Features: those that the layer gives, computed once, and never taken from another model's or image's cache."""

import os
import shutil
import time

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tlcourse import feature_cache, features, storage, teachers


@pytest.fixture
def computed(monkeypatch):
    """Counts how often features are really computed."""
    calls = []
    original = features._compute

    def counting(*arguments):
        calls.append(1)
        return original(*arguments)

    monkeypatch.setattr(features, "_compute", counting)
    return calls


def reference(model, layer, images):
    """The output of a layer, with Keras' own means."""
    cut = keras.Model(model.inputs[0], model.get_layer(layer).output)
    return np.asarray(cut(images.astype(np.float32), training=False))


def test_last_hidden_layer_is_the_default(small_teacher, images):
    vectors = features.extract(small_teacher, images, cache=False)
    assert vectors.shape == (12, 16)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, reference(small_teacher, "fc2_relu", images), rtol=1e-4, atol=1e-5)


def test_a_headless_model_gives_its_output(small_teacher, images):
    base = keras.Model(small_teacher.input, small_teacher.get_layer("fc2_relu").output)
    whole = features.extract(small_teacher, images, cache=False)
    np.testing.assert_array_equal(features.extract(base, images, cache=False), whole)


@pytest.mark.parametrize("ending", [[keras.layers.Softmax], [lambda: keras.layers.Activation("softmax")], []])
def test_a_softmax_at_the_end_belongs_to_the_head(ending, images):
    model = keras.Sequential([keras.Input((48, 48, 3)), keras.layers.Flatten(), keras.layers.Dense(5, name="hidden")])
    for layer in (keras.layers.Dense(3), *(make() for make in ending)):
        model.add(layer)
    vectors = features.extract(model, images, cache=False)
    np.testing.assert_allclose(vectors, reference(model, "hidden", images), rtol=1e-4)


def test_maps_are_averaged_or_flattened(small_teacher, images):
    maps = reference(small_teacher, "block3_pool", images)
    average = features.extract(small_teacher, images, layer="block3_pool", cache=False)
    flat = features.extract(small_teacher, images, layer="block3_pool", pool="flatten", cache=False)
    np.testing.assert_allclose(average, maps.mean(axis=(1, 2)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(flat, maps.reshape(12, -1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 5, 12, 1000])
def test_batches_do_not_matter(small_teacher, images, batch_size):
    whole = features.extract(small_teacher, images, cache=False)
    parts = features.extract(small_teacher, images, cache=False, batch_size=batch_size)
    np.testing.assert_allclose(parts, whole, rtol=1e-4, atol=1e-5)


def test_large_images_come_in_small_batches(monkeypatch):
    sizes = []
    monkeypatch.setattr(features, "_compute", lambda extractor, images, batch_size: sizes.append(batch_size))
    model = keras.Sequential([keras.Input((None, None, 3)), keras.layers.GlobalAveragePooling2D()])
    for size in (48, 224, 2048):
        features.extract(model, np.zeros((1, size, size, 3), np.float32), cache=False)
    assert sizes == [256, 20, 1]


def test_integers_and_floats_give_the_same(small_teacher, images):
    whole = features.extract(small_teacher, images, cache=False)
    for kind in (np.int64, np.float32, np.float64):
        np.testing.assert_allclose(features.extract(small_teacher, images.astype(kind), cache=False), whole, rtol=1e-5)


def test_no_weight_moves_and_batch_norm_keeps_its_statistics(small_teacher, images):
    before = small_teacher.get_weights()
    features.extract(small_teacher, images, cache=False)
    assert all(np.array_equal(old, new) for old, new in zip(before, small_teacher.get_weights(), strict=True))


def test_the_second_time_comes_from_the_disk(small_teacher, images, fresh_cache, computed):
    first = features.extract(small_teacher, images)
    second = features.extract(small_teacher, images)
    np.testing.assert_array_equal(first, second)
    assert len(computed) == 1
    assert [path.suffix for path in (fresh_cache / "features").iterdir()] == [".npz"]


def test_a_clone_with_the_same_weights_shares_the_cache(
    small_teacher, small_architecture, images, fresh_cache, computed
):
    from tlcourse.networks import narrow_vgg16

    features.extract(small_teacher, images)
    twin = narrow_vgg16(**small_architecture)
    twin.set_weights(small_teacher.get_weights())
    features.extract(twin, images)
    assert len(computed) == 1


def test_training_the_head_does_not_make_the_features_stale(small_teacher, images, fresh_cache, computed):
    kernel = small_teacher.get_layer("predictions").kernel
    kept = kernel.numpy()
    features.extract(small_teacher, images)
    kernel.assign(kept + 1)
    features.extract(small_teacher, images)
    kernel.assign(kept)
    assert len(computed) == 1


def test_whatever_changes_the_features_changes_the_key(small_teacher, images, fresh_cache, computed):
    features.extract(small_teacher, images)
    other_images = images.copy()
    other_images[3, 2, 1, 0] ^= 1
    features.extract(small_teacher, other_images)
    features.extract(small_teacher, images[::-1])
    features.extract(small_teacher, images, layer="block3_pool")
    features.extract(small_teacher, images, layer="block3_pool", pool="flatten")
    statistics = small_teacher.get_layer("block1_conv1_bn").moving_mean
    kept = statistics.numpy()
    statistics.assign(kept + 0.5)
    features.extract(small_teacher, images)
    statistics.assign(kept)
    assert len(computed) == 6


def test_a_graph_with_the_same_weights_but_other_strides_is_another_model(images, fresh_cache, computed):
    weights = None
    for strides in (1, 2):
        layer = keras.layers.Conv2D(4, 3, strides=strides)
        model = keras.Sequential([keras.Input((48, 48, 3)), layer, keras.layers.GlobalAveragePooling2D()])
        weights = weights or model.get_weights()
        model.set_weights(weights)
        features.extract(model, images)
    assert len(computed) == 2


def test_without_cache_nothing_is_kept(small_teacher, images, fresh_cache):
    features.extract(small_teacher, images, cache=False)
    assert not fresh_cache.exists()


def test_old_features_go_when_there_are_too_many(small_teacher, images, fresh_cache, monkeypatch):
    folder = fresh_cache / "features"
    features.extract(small_teacher, images)
    (oldest,) = folder.iterdir()
    os.utime(oldest, (0, 0))
    abandoned = folder / ".x.npz.1-2.partial"
    abandoned.write_bytes(b"half")
    os.utime(abandoned, (time.time() - 2 * 86400,) * 2)
    monkeypatch.setattr(feature_cache, "_CACHE_BYTES", 100)
    features.extract(small_teacher, images[:6])
    assert not abandoned.exists()
    assert not oldest.exists()
    assert len(list(folder.iterdir())) == 1


def test_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))
    assert storage.cache_folder() == tmp_path
    monkeypatch.delenv("TLCOURSE_CACHE")
    assert storage.cache_folder().name in ("tlcourse", "Cache")


def test_nothing_on_the_error_stream(small_teacher, images, fresh_cache, capfd):
    for layer in ("block1_pool", "block2_pool", "block3_pool", "block4_pool", "fc1", "fc2", "fc2_relu"):
        features.extract(small_teacher, images, layer=layer, batch_size=8)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_mobilenets_features_tell_cats_from_dogs(cats_dogs, fresh_cache):
    """Ten photos of each class are enough to do far better than chance, 0.5."""
    train, test = cats_dogs["train"].per_class(10, seed=0), cats_dogs["test"].per_class(50, seed=0)
    base = teachers.load("MobileNetV2", head=False, input_size=160)
    vectors = [features.extract(base, teachers.preprocess("MobileNetV2", part.images)) for part in (train, test)]
    accuracy = LogisticRegression(max_iter=1000).fit(vectors[0], train.labels).score(vectors[1], test.labels)
    assert vectors[0].shape == (20, 1280)
    assert accuracy > 0.7


def test_the_cache_survives_a_copy(small_teacher, images, fresh_cache, tmp_path, monkeypatch, computed):
    features.extract(small_teacher, images)
    shutil.copytree(fresh_cache, tmp_path / "elsewhere")
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "elsewhere"))
    features.extract(small_teacher, images)
    assert len(computed) == 1
