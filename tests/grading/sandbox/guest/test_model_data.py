"""Models as data: what passes comes back the same, and nothing that the data name is executed."""

import json

import keras
import numpy as np
import pytest

from tlcourse import networks
from tlcourse.grading.sandbox.guest import model_data


def through_json(data):
    """The data as another process gets them."""
    arrays = data["state"]["weights"]
    text = json.dumps({**data, "state": {**data["state"], "weights": None}})
    content = json.loads(text)
    content["state"]["weights"] = arrays
    return content


def narrow():
    return networks.narrow_vgg16(5, widths=(2, 2, 2, 2, 2), dense=3)


def taken():
    teacher = narrow()
    return keras.Model(teacher.input, keras.ops.take(teacher.output, keras.ops.convert_to_tensor([3, 1]), axis=-1))


def sliced():
    teacher = narrow()
    return keras.Model(teacher.input, teacher.output[:, :2] / 2.0)


def nested():
    teacher = narrow()
    base = keras.Model(teacher.input, teacher.layers[-2].output)
    base.trainable = False
    kernel = np.arange(6.0).reshape(3, 2)
    head = keras.layers.Dense(2, kernel_initializer=lambda *_, **__: keras.ops.convert_to_tensor(kernel, "float32"))
    return keras.Sequential([base, head])


def normalized():
    normalize = keras.layers.Normalization()
    normalize.adapt(np.random.default_rng(0).normal(5, 2, (40, 48 * 48 * 3)))
    return keras.Sequential([keras.Input((48, 48, 3)), keras.layers.Flatten(), normalize, keras.layers.Dense(2)])


def unbuilt_at_first():
    model = keras.Sequential([keras.layers.Dropout(0.3), keras.layers.Flatten(), keras.layers.Dense(4)])
    model(np.zeros((1, 48, 48, 3)))
    return model


def augmented():
    return networks.small_cnn(4, widths=(3, 5), augment=True)


def partly_frozen():
    model = narrow()
    for layer in model.layers[:-4]:
        layer.trainable = False
    model.layers[-1].bias.trainable = False
    return model


def residual():
    inputs = keras.Input((48, 48, 3))
    x = keras.layers.Conv2D(3, 3, padding="same", activation="relu", kernel_regularizer="l2")(inputs)
    x = keras.layers.Add()([x, inputs])
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))


@pytest.mark.parametrize(
    "make", [narrow, taken, sliced, nested, normalized, unbuilt_at_first, augmented, partly_frozen, residual]
)
def test_a_model_comes_back_the_same(make):
    model, images = make(), np.random.default_rng(0).uniform(0, 255, (2, 48, 48, 3)).astype("float32")
    rebuilt = model_data.from_data(through_json(model_data.to_data(model)))
    np.testing.assert_allclose(rebuilt(images, training=False), model(images, training=False), rtol=1e-5, atol=1e-5)
    assert [weight.shape for weight in rebuilt.trainable_weights] == [w.shape for w in model.trainable_weights]
    assert rebuilt.output_shape == model.output_shape


class Mine(keras.layers.Layer):
    """A layer of someone's own."""

    def call(self, x):
        return x


class OwnModel(keras.Model):
    """A model of someone's own class."""


def model_with(layer):
    inputs = keras.Input((2,))
    return keras.Model(inputs, layer(inputs))


def own_model():
    inputs = keras.Input((2,))
    return OwnModel(inputs, keras.layers.Dense(2)(inputs))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: model_with(keras.layers.Lambda(lambda x: x, output_shape=(2,))), "lambda"),
        (lambda: model_with(Mine(name="mine")), "'mine' of the type Mine"),
        (own_model, "of the class OwnModel"),
        (lambda: keras.Sequential([keras.layers.Dense(2)]), "no weights yet"),
        (lambda: model_with(keras.layers.Dense(2, activation=lambda x: x)), "activation|described|lambda"),
    ],
)
def test_a_model_with_code_of_its_own_raises(make, message):
    with pytest.raises(model_data.NotPortable, match=message):
        model_data.to_data(make())


def gigantic(kind, number):
    """The data of a model whose description has no number above 1 << 20, but whose weights fill any memory."""
    inputs = {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [None, 2]}}
    start = {"class_name": "HeNormal", "module": "keras.initializers", "config": {}}
    size = {"units": number, "kernel_initializer": start}
    sizes = {"Dense": size, "Embedding": {"input_dim": number, "output_dim": number}}
    layer = {"class_name": kind, "module": "keras.layers", "config": sizes[kind]}
    return {"kind": "Sequential", "config": {"name": "s", "layers": [inputs, layer, layer]}, "state": NO_STATE}


def inside_another(data):
    """The data of a model that contains a model."""
    layer = {"class_name": "Sequential", "module": "keras", "config": data["config"]}
    return {**data, "config": {"name": "outer", "layers": [layer]}}


NO_STATE = {"weights": None, "trainable": []}


@pytest.mark.parametrize("wrap", [dict, inside_another])
@pytest.mark.parametrize("kind", ["Dense", "Embedding"])
def test_all_weights_of_a_model_are_bounded_together(kind, wrap):
    with pytest.raises(model_data.NotPortable, match=r"it has at least 1,099,[0-9,]+ weights, .* 268,435,456$"):
        model_data.from_data(wrap(gigantic(kind, 1 << 20)))
    with pytest.raises(model_data.NotPortable, match="do not fit"):  # a small one is built, and has another state
        model_data.from_data(wrap(gigantic(kind, 4)))


def dense_with(**changes):
    data = through_json(model_data.to_data(model_with(keras.layers.Dense(2, name="dense"))))
    layer = next(layer for layer in data["config"]["layers"] if layer["class_name"] == "Dense")
    layer.update({key: value for key, value in changes.items() if key != "config"})
    layer["config"].update(changes.get("config", {}))
    return data


HOLES = {
    "a lambda": {"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {"value": ""}}}},
    "a lambda as an activation": {"config": {"activation": {"class_name": "__lambda__", "config": {"value": "4wEA"}}}},
    "a function of a module": {
        "config": {"activation": {"module": "os", "class_name": "function", "config": "system"}}
    },
    "a class of a module": {"module": "subprocess", "class_name": "Popen", "config": {"args": ["touch", "/tmp/hole"]}},
    "a function of Keras that loads a file": {
        "config": {"activation": {"module": "keras.utils", "class_name": "function", "config": "get_file"}}
    },
    "unsafe loading switched on": {
        "module": "keras.config", "class_name": "function", "config": {"name": "enable_unsafe_deserialization"}
    },
    "a model on the disk": {"class_name": "TFSMLayer", "config": {"filepath": "/etc"}},
    "a vocabulary from a file": {"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
    "a registered name": {"module": None, "class_name": "Mine", "registered_name": "tlcourse>Mine"},
    "an operation that calls a function": {"module": "keras.src.ops.core", "class_name": "Map", "config": {}},
    "a gigantic layer": {"config": {"units": 1 << 40}},
    "other types": {"config": {"units": object()}},
}  # fmt: skip


@pytest.mark.parametrize("name", HOLES)
def test_the_holes_of_model_loading_are_closed(name):
    with pytest.raises(model_data.NotPortable):
        model_data.from_data(dense_with(**HOLES[name]))


def test_deep_and_long_descriptions_raise():
    nested = []
    for _ in range(100):
        nested = [nested]
    with pytest.raises(model_data.NotPortable, match="too many layers"):
        model_data.from_data(dense_with(config={"units": nested}))
    with pytest.raises(model_data.NotPortable, match="too many layers"):
        model_data.from_data(dense_with(config={"units": [0] * 100_000}))


@pytest.mark.parametrize("weights", [[], [np.zeros((3, 2)), np.zeros(2)], [np.zeros((2, 2)), np.zeros(3)]])
def test_weights_of_another_model_raise(weights):
    data = dense_with()
    data["state"]["weights"] = weights
    with pytest.raises(model_data.NotPortable, match="do not fit"):
        model_data.from_data(data)


def test_a_state_carries_training_and_freezing_to_another_copy():
    model = narrow()
    copy = model_data.from_data(model_data.to_data(model))
    model.layers[-1].bias.assign([1.0, 2, 3, 4, 5])
    for layer in model.layers[:-1]:
        layer.trainable = False
    model_data.set_state(copy, model_data.state(model))
    assert len(copy.trainable_weights) == 2
    assert np.array_equal(copy.layers[-1].get_weights()[1], [1, 2, 3, 4, 5])
    with pytest.raises(model_data.NotPortable, match="the data that came back do not fit"):
        model_data.set_state(copy, {"weights": None, "trainable": [True]})


def test_large_weights_stay_behind(monkeypatch):
    monkeypatch.setattr(model_data, "LARGEST_WEIGHTS", 100)
    data = model_data.to_data(narrow())
    assert data["state"]["weights"] is None
    rebuilt = model_data.from_data(data)
    assert rebuilt.count_params() == narrow().count_params()
    assert any(np.any(weight) for weight in rebuilt.get_weights()), "they are initialized anew"
