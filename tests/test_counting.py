"""What Keras says about a network, against counts that others published and arithmetic by hand."""

import math
import sys

import keras
import pytest

from tlcourse import counting

# keras.io/api/applications, and the model summaries there; VGG16: Simonyan & Zisserman 2015, 138 million
PUBLISHED = {"VGG16": 138_357_544, "MobileNetV2": 3_538_984, "ResNet50": 25_636_712, "InceptionV3": 23_851_784}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_blueprint_counts_like_the_real_network(name):
    model = counting.blueprint(getattr(keras.applications, name), weights=None)
    assert model.count_params() == PUBLISHED[name]
    assert sum(math.prod(variable.shape) for variable in model.variables) == PUBLISHED[name]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_blueprint_takes_no_memory_now_or_later():
    def resident():
        with open("/proc/self/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1e3

    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).predict(keras.ops.ones((1, 3)), verbose=0)
    before = resident()
    model = counting.blueprint(keras.applications.VGG16, weights=None)
    doubled = keras.layers.Lambda(lambda tensor: tensor * 2)(keras.Input((3,)))  # leaves a scope of Keras' own
    assert doubled.shape == (None, 3)
    assert model.count_params() == PUBLISHED["VGG16"]
    assert resident() - before < 150, "MB; the weights alone are 553"


def test_models_made_after_a_blueprint_work():
    counting.blueprint(keras.layers.Dense, 3)
    layer = keras.layers.Dense(2, kernel_initializer="ones")
    assert layer(keras.ops.ones((1, 3))).numpy().tolist() == [[3.0, 3.0]]


def test_an_error_while_building_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        counting.blueprint(lambda: 1 / 0)


def test_shapes_and_counts_of_every_kind():
    layers = [
        {"kind": "conv", "filters": 8, "kernel": 3, "strides": 2, "padding": "valid", "name": "first"},
        {"kind": "batch_norm"},
        {"kind": "separable", "filters": 4, "kernel": 3, "strides": 1, "padding": "same"},
        {"kind": "pool", "size": 2},
        {"kind": "flatten"},
        {"kind": "dense", "units": 5},
    ]
    rows = counting.measure(layers, (21, 11, 3))
    assert [row.shape for row in rows] == [(21, 11, 3), (10, 5, 8), (10, 5, 8), (10, 5, 4), (5, 2, 4), (40,), (5,)]
    assert [row.parameters for row in rows] == [0, 224, 32, 9 * 8 + 8 * 4 + 4, 0, 0, 205]
    assert [row.name for row in rows][1:5] == ["first", "batch norm", "separable 3×3", "pool 2×2"]
    assert counting.measure([{"kind": "global_pool"}], (4, 6, 3))[-1].shape == (3,)


@pytest.mark.parametrize(
    ("description", "named"),
    [
        ({"kind": "convolution"}, "convolution"),
        ({}, "None"),
        ({"kind": "dense"}, "units"),
        ({"kind": "conv", "filters": 2, "kernel": 3, "stride": 1}, "stride"),
        ({"kind": "conv", "filters": 0, "kernel": 3}, "filters"),
    ],
)
def test_a_wrong_description_is_named(description, named):
    with pytest.raises(ValueError, match=named):
        counting.keras_layer(description)


@pytest.mark.parametrize("layer", [{"kind": "conv", "filters": 2, "kernel": 9}, {"kind": "pool", "size": 9}])
def test_a_layer_that_leaves_nothing_raises(layer):
    with pytest.raises(ValueError, match=r"9|negative|smaller"):
        counting.measure([layer], (8, 8, 3))


def test_blocks_add_up_to_the_network():
    vgg16 = counting.blueprint(keras.applications.VGG16, weights=None, classes=2)
    rows = counting.by_block(vgg16)
    assert [row.name for row in rows[1:]] == [*(f"block{i}" for i in range(1, 6)), "fc1", "fc2", "predictions"]
    assert sum(row.parameters for row in rows) == 134_268_738
    assert rows[1].shape == (112, 112, 64)


def test_activations_of_a_small_network_by_hand():
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3), keras.layers.Flatten()])
    assert counting.activation_count(model) == 6 * 6 * 4 * 2
    assert counting.activation_count(keras.Model(model.inputs, model.outputs)) == 6 * 6 * 4 * 2
