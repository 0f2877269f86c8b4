"""The two architectures: counted by hand, named as VGG-16's layers are, and their statistics refreshed for good."""

import functools
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from tlcourse import distillation, finetuning, networks
from tlcourse.fused_batch_norm import FusedBatchNormalization

TINY = {"widths": (2, 3, 4, 4, 5), "dense": 6, "size": 16}
WEIGHT_LAYERS = (keras.layers.Conv2D, keras.layers.Dense)


def parameters_by_hand(classes, widths, dense, batch_norm, size):
    """Weights and biases layer by layer, from the definition of each layer; Keras is not asked."""
    total, channels = 0, 3
    each = 4 if batch_norm else 1  # scale, shift, mean and variance of a batch norm, or a bias
    for depth, filters in zip((2, 2, 3, 3, 3), widths, strict=True):
        for _ in range(depth):
            total += 3 * 3 * channels * filters + each * filters
            channels = filters
    features = channels * (size // 2**4) ** 2  # four poolings, none after the last block
    for units in (dense, dense):
        total += features * units + each * units
        features = units
    return total + features * classes + classes


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize(
    ("classes", "sizes"),
    [(2622, {"widths": (16, 32, 64, 96, 96), "dense": 192, "size": 48}), (7, TINY), (65, {**TINY, "size": 64})],
)
def test_parameters_are_those_of_the_definition(classes, sizes, batch_norm):
    model = networks.narrow_vgg16(classes, batch_norm=batch_norm, **sizes)
    assert model.count_params() == parameters_by_hand(classes, batch_norm=batch_norm, **sizes)
    assert model.output_shape == (None, classes)


def test_the_defaults_are_the_teachers():
    model = networks.narrow_vgg16(2622)
    assert model.input_shape == (None, 48, 48, 3)
    assert model.count_params() == parameters_by_hand(2622, (16, 32, 64, 96, 96), 192, True, 48)


@functools.cache
def names_in_keras_applications():
    original = keras.applications.VGG16(weights=None, input_shape=(32, 32, 3), classes=7)
    return [layer.name for layer in original.layers if isinstance(layer, WEIGHT_LAYERS)]


@pytest.mark.parametrize("batch_norm", [True, False])
def test_sixteen_layers_have_weights_and_vgg16s_names(batch_norm):
    model = networks.narrow_vgg16(7, batch_norm=batch_norm, **TINY)
    names = [layer.name for layer in model.layers if isinstance(layer, WEIGHT_LAYERS)]
    assert len(names) == 16
    assert names == names_in_keras_applications()
    assert all(isinstance(model.get_layer(f"{name}_relu"), keras.layers.ReLU) for name in names[:-1])
    norms = [layer.name for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert norms == ([f"{name}_bn" for name in names[:-1]] if batch_norm else [])
    assert [layer.use_bias for layer in model.layers if isinstance(layer, WEIGHT_LAYERS)] == [not batch_norm] * 15 + [
        True
    ]
    assert len([layer for layer in model.layers if re.fullmatch(r"block[1-4]_pool", layer.name)]) == 4


def test_a_compiled_models_training_step_is_traced_once(monkeypatch):
    """Twice, if its first tracing makes variables: this fails when one is left to it, and when Keras makes more."""
    traced = []
    original = keras.Model.train_step
    monkeypatch.setattr(keras.Model, "train_step", lambda model, data: traced.append(model) or original(model, data))
    inputs = keras.Input((3,))
    student = keras.Model(inputs, keras.layers.Dense(2, name="answer")(inputs))
    images, labels = np.ones((4, 3), np.float32), np.arange(4) % 2
    finetuning.recompile(student, 1e-3).fit(images, labels, verbose=0)
    assert len(traced) == 1
    objectives = [
        distillation.from_labels(student, labels),
        distillation.Objective(student.output, np.ones((4, 2)), "mse"),
    ]
    distillation.teach(student, images, objectives, steps=1)
    assert len(traced) == 2
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    student.compile(keras.optimizers.Adam(), loss)
    student.fit(images, labels, verbose=0)
    assert len(traced) == 4, "Keras alone"


def test_images_go_in_as_they_are():
    model = networks.narrow_vgg16(7, **TINY)
    rescaled = keras.Model(model.input, model.get_layer("rescale").output)
    for level, value in ((0, -1), (255, 1)):
        np.testing.assert_allclose(rescaled(np.full((1, 16, 16, 3), level, np.uint8)), value, atol=1e-6)


def test_the_small_cnn_gives_logits_and_can_learn_a_batch_by_heart():
    keras.utils.set_random_seed(0)
    model = networks.small_cnn(3, widths=(8, 8), dropout=0.0, augment=False, size=16)
    images = np.random.default_rng(0).integers(0, 256, (12, 16, 16, 3)).astype(np.uint8)
    labels = np.arange(12) % 3
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    losses = model.fit(images, labels, epochs=15, batch_size=12, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2
    assert model(images).shape == (12, 3)


def test_the_small_cnn_changes_its_images_in_training_only():
    model = networks.small_cnn(3, widths=(8, 8), dropout=0.0, size=16)
    flip = next(layer for layer in model.layers if isinstance(layer, keras.layers.RandomFlip))
    augmented = keras.Model(model.input, flip.output)
    images = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3)).astype(np.uint8)
    np.testing.assert_allclose(augmented(images, training=False), images / 127.5 - 1, atol=1e-6)
    assert np.abs(augmented(images, training=True) - augmented(images, training=False)).max() > 0.1
    plain = networks.small_cnn(3, augment=False)
    assert not [layer for layer in plain.layers if layer.__class__.__name__.startswith("Random")]


@pytest.mark.parametrize("options", [{"axis": 1}, {"scale": False}, {"center": False}])
def test_the_fused_batch_norm_leaves_to_keras_what_it_cannot_do(options):
    inputs = np.random.default_rng(0).normal(2, 3, (8, 6, 6, 5)).astype(np.float32)
    usual, fused = (kind(**options) for kind in (keras.layers.BatchNormalization, FusedBatchNormalization))
    for training in (True, False):
        np.testing.assert_allclose(fused(inputs, training=training), usual(inputs, training=training), atol=1e-5)


@pytest.mark.parametrize("shape", [(8, 6, 6, 5), (8, 5)])
def test_the_fused_batch_norm_is_that_of_keras(shape):
    generator = np.random.default_rng(0)
    inputs, towards = (generator.normal(2, 3, shape).astype(np.float32) for _ in range(2))
    layers = [kind(momentum=0.9) for kind in (keras.layers.BatchNormalization, FusedBatchNormalization)]
    for training, trainable in ((True, True), (True, False), (False, True)):
        outputs, slopes = [], []
        for layer in layers:
            layer.trainable = trainable
            batch = tf.convert_to_tensor(inputs)
            with tf.GradientTape() as tape:
                tape.watch(batch)
                outputs.append(layer(batch, training=training))
                loss = tf.reduce_sum(outputs[-1] * towards)
            slopes.append(tape.gradient(loss, [batch, layer.gamma, layer.beta]))
        np.testing.assert_allclose(outputs[1], outputs[0], atol=1e-5)
        for fused, usual in zip(*slopes[::-1], strict=True):
            np.testing.assert_allclose(fused, usual, rtol=1e-4, atol=1e-3)
        for fused, usual in zip(*(layer.get_weights() for layer in layers[::-1]), strict=True):
            np.testing.assert_allclose(fused, usual, rtol=1e-5, atol=1e-6)


@pytest.fixture
def untrained():
    """A tiny network with batch norm, and images that its first statistics do not fit."""
    keras.utils.set_random_seed(0)
    images = np.random.default_rng(1).integers(0, 120, (64, 16, 16, 3)).astype(np.float32)
    return networks.narrow_vgg16(7, **TINY), images


def test_refreshing_makes_inference_give_what_training_mode_gives(untrained):
    model, images = untrained
    in_training = np.asarray(model(images, training=True))
    stale = np.asarray(model(images, training=False))
    networks.refresh_batch_norm(model, images)
    fresh = np.asarray(model(images, training=False))
    assert np.abs(stale - in_training).max() > 0.1
    np.testing.assert_allclose(fresh, in_training, atol=1e-3)


def test_refreshed_statistics_are_those_of_the_images(untrained):
    model, images = untrained
    networks.refresh_batch_norm(model, images)
    before_norm = keras.Model(model.input, model.get_layer("block1_conv1").output)
    maps = np.asarray(before_norm(images), dtype=np.float64)
    norm = model.get_layer("block1_conv1_bn")
    np.testing.assert_allclose(norm.moving_mean.numpy(), maps.mean(axis=(0, 1, 2)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(norm.moving_variance.numpy(), maps.var(axis=(0, 1, 2)), rtol=1e-3, atol=1e-6)


def test_refreshing_changes_statistics_and_nothing_else(untrained):
    model, images = untrained
    weights = [np.array(weight) for weight in model.trainable_weights]
    momenta = [layer.momentum for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    networks.refresh_batch_norm(model, images)
    assert all(np.array_equal(old, new) for old, new in zip(weights, model.trainable_weights, strict=True))
    assert momenta == [layer.momentum for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    statistics = [np.array(weight) for weight in model.non_trainable_weights]
    networks.refresh_batch_norm(model, images)
    for old, new in zip(statistics, model.non_trainable_weights, strict=True):
        np.testing.assert_allclose(old, np.array(new), rtol=1e-4, atol=1e-5)


def test_refreshing_reaches_a_base_inside_another_model(untrained):
    base, images = untrained
    head = keras.Sequential([keras.Input((16, 16, 3)), base, keras.layers.Dense(2)])
    before = base.get_layer("fc2_bn").moving_mean.numpy().copy()
    networks.refresh_batch_norm(head, images)
    assert np.abs(base.get_layer("fc2_bn").moving_mean.numpy() - before).max() > 1e-3


@pytest.mark.parametrize(("pool_first", "side"), [(True, 8), (False, 16)])
def test_batch_norm_comes_before_pooling_or_after_it(pool_first, side):
    model = networks.small_cnn(3, widths=(8, 8), augment=False, size=16, pool_first=pool_first)
    norm = next(layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization))
    assert norm.output.shape == (None, side, side, 8)
    assert model.output_shape == (None, 3)


def test_flat_layers_puts_those_of_a_nested_model_in_its_place():
    inner = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="inside"), keras.layers.ReLU(name="relu")])
    model = keras.Sequential([keras.Input((2,)), inner, keras.layers.Dense(1, name="last")])
    assert [layer.name for layer in networks.flat_layers(model)][-3:] == ["inside", "relu", "last"]
    assert not any(isinstance(layer, keras.Model) for layer in networks.flat_layers(model))
