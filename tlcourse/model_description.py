"""A description of a Keras model in which nothing can be executed: its layers, as JSON has them.

A description may come from anyone: only layers and operations of the lists below may be in it. So there is no `Lambda`,
no function, no class of others, no file and no address.
"""

import contextlib
import types

import keras

from tlcourse.augmentation import RandomAffine, RandomColorCast
from tlcourse.fused_batch_norm import FusedBatchNormalization


def _names(text):
    return frozenset(text.split())


LAYERS = _names(
    "InputLayer Dense EinsumDense Activation Identity Masking Embedding Flatten Reshape Permute RepeatVector "
    "Dropout SpatialDropout1D SpatialDropout2D GaussianDropout GaussianNoise AlphaDropout "
    "Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose SeparableConv1D SeparableConv2D "
    "DepthwiseConv1D DepthwiseConv2D MaxPooling1D MaxPooling2D AveragePooling1D AveragePooling2D "
    "GlobalMaxPooling1D GlobalMaxPooling2D GlobalAveragePooling1D GlobalAveragePooling2D "
    "ZeroPadding1D ZeroPadding2D Cropping1D Cropping2D UpSampling1D UpSampling2D Rescaling Resizing CenterCrop "
    "BatchNormalization LayerNormalization GroupNormalization UnitNormalization Normalization "
    "RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness RandomCrop "
    "Add Subtract Multiply Average Maximum Minimum Concatenate Dot Attention MultiHeadAttention "
    "ReLU LeakyReLU PReLU ELU Softmax SimpleRNN LSTM GRU"
)
OWN_LAYERS = {kind.__name__: kind for kind in (FusedBatchNormalization, RandomAffine, RandomColorCast)}
MODELS = ("Functional", "Model", "Sequential")
OPERATIONS = _names(
    "Take GetItem Add Subtract Multiply TrueDivide Divide Negative Power Square Sqrt Absolute Maximum Minimum Clip "
    "Sum Mean Max Min Reshape Transpose Squeeze ExpandDims Concatenate Stack Matmul Exp Log Relu Sigmoid Tanh "
    "Softmax LogSoftmax"
)
OPERATION_MODULES = ("keras.src.ops.numpy", "keras.src.ops.nn")  # as a configuration names them
INITIALIZERS = _names(
    "Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal GlorotNormal GlorotUniform HeNormal HeUniform "
    "LecunNormal LecunUniform VarianceScaling Orthogonal Identity"
)
INITIALIZER_TEXTS = frozenset(name.lower() for name in INITIALIZERS)
DTYPES = _names(
    "float16 bfloat16 float32 float64 mixed_float16 mixed_bfloat16 bool int8 int16 int32 int64 "
    "uint8 uint16 uint32 uint64"
)
ACTIVATIONS = _names(
    "linear relu relu6 leaky_relu elu selu celu gelu silu swish mish tanh sigmoid hard_sigmoid hard_tanh softplus "
    "softsign softmax log_softmax log_sigmoid exponential"
)
PARTS_OF_NODES = ("__keras_tensor__", "__tensor__", "__slice__", "__ellipsis__")
LARGEST_NUMBER, LONGEST_TEXT, MOST_ENTRIES, DEEPEST = 1 << 20, 300, 50_000, 40


class NotPortable(ValueError):  # noqa: N818
    """A model that has no such description, or a description of none."""


def description(model):
    """The description of a model.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    dict
        "kind", "config".

    Raises
    ------
    NotPortable
        If it is of a class of someone's own, or has a layer, an operation or a function that is not Keras' own. The
        course's own layers pass.
    """
    kind = type(model).__name__
    if kind not in MODELS or not type(model).__module__.startswith("keras."):
        raise NotPortable(f"it is of the class {kind}; make it with keras.Model(inputs, outputs) or keras.Sequential")
    if not model.built:
        raise NotPortable("it has no weights yet: begin with keras.Input, or call the model once")
    with _without_initializer_functions(model):
        try:
            config = model.get_config()
        except Exception as error:
            raise NotPortable(f"its layers cannot be described ({type(error).__name__}: {str(error)[:200]})") from None
    return {"kind": kind, "config": checked_description(config)}


def checked_description(config):
    """A description without what a rebuilt model does not need, if all that it has is allowed.

    Raises
    ------
    NotPortable
    """
    return _Description().checked(config)


def layers_without_models(model):
    """The layers of a model and of the models in it, by name."""
    return [part for part in model_parts(model) if not isinstance(part, keras.Model)]


def model_parts(model):
    """A model and all layers in it by name, nested models before their layers.

    After a rebuild, layers may come in another order.
    """
    parts = [model]
    for layer in sorted(model.layers, key=lambda layer: layer.name):
        parts += model_parts(layer) if isinstance(layer, keras.Model) else [layer]
    return parts


@contextlib.contextmanager
def _without_initializer_functions(model):
    """Weights have been initialized, so an initializer that is a function need not be described."""
    replaced = []
    for layer in layers_without_models(model):
        for name, value in list(vars(layer).items()):
            if name.endswith("_initializer") and isinstance(value, types.FunctionType):
                replaced.append((layer, name, value))
                setattr(layer, name, keras.initializers.Zeros())
    try:
        yield
    finally:
        for layer, name, value in replaced:
            setattr(layer, name, value)


class _Description:
    """Checks one configuration: what `checked` returns has nothing in it but what the lists above allow."""

    def __init__(self):
        self.entries = 0

    def checked(self, node, key="", depth=0):
        """A part of a configuration, `key` its name, without what a rebuilt model does not need."""
        self.entries += 1
        if depth > DEEPEST or self.entries > MOST_ENTRIES:
            raise NotPortable("it has too many layers")
        if node is None or type(node) in (bool, float):
            return node
        if type(node) is int:
            if abs(node) > LARGEST_NUMBER and key != "seed":
                raise NotPortable(f"the number {node} in its configuration is too large")
            return node
        if type(node) is str and len(node) <= LONGEST_TEXT:
            return _checked_text(node, key)
        if type(node) in (list, tuple):
            return [self.checked(item, key, depth + 1) for item in node]
        if type(node) is dict and all(type(name) is str for name in node):
            return self._checked_entries(node, key, depth)
        raise NotPortable(f"{key or 'its configuration'} has a value of the type {type(node).__name__}")

    def _checked_entries(self, node, key, depth):
        if "class_name" in node:
            node = _allowed(node, key)
        elif key.endswith("activation"):
            _not_allowed("a function as an activation", node)
        kept = {}
        for name, value in node.items():
            if name.endswith(("_regularizer", "_constraint")):  # they act in training alone
                value = None
            if name not in ("compile_config", "build_config"):
                kept[name] = self.checked(value, name, depth + 1)
        return kept


def _checked_text(node, key):
    if key.endswith("activation") and node not in ACTIVATIONS:
        raise NotPortable(f"an activation is {node}, which is not one of Keras' own that a rebuilt model may have")
    if key.endswith("_initializer") and node.replace("_", "").lower() not in INITIALIZER_TEXTS:
        raise NotPortable(f"an initializer is {node}, which is not one of Keras' own that a rebuilt model may have")
    if key == "dtype" and node not in DTYPES:
        raise NotPortable(f"a dtype is {node}, which a rebuilt model may not have")
    return node


def _allowed(node, key):
    """The description of an object, if it is one that a rebuilt model may have; of its class only the name counts."""
    name, module, config = node["class_name"], node.get("module"), node.get("config")
    if key.endswith("_initializer"):
        allowed = name in INITIALIZERS and module == "keras.initializers"
    elif key == "dtype" or name == "DTypePolicy":
        return _checked_dtype(node)
    elif name in PARTS_OF_NODES:
        return {"class_name": name, "config": config}
    elif module in OPERATION_MODULES:
        return {**node, "registered_name": None} if name in OPERATIONS else _not_allowed(name, node)
    elif name in OWN_LAYERS:
        return {**node, "module": None, "registered_name": name}
    elif name in MODELS and str(module).startswith("keras"):
        model = "Sequential" if name == "Sequential" else "Model"
        return {**node, "module": "keras", "class_name": model, "registered_name": None}
    else:
        allowed = name in LAYERS and module == "keras.layers"
    return {**node, "registered_name": None} if allowed else _not_allowed(name, node)


def _checked_dtype(node):
    """The description of a dtype: nothing of it counts but the name."""
    config = node.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    if node["class_name"] != "DTypePolicy" or node.get("module") != "keras" or name not in DTYPES:
        _not_allowed(node["class_name"], node)
    return {"class_name": "DTypePolicy", "module": "keras", "config": {"name": name}, "registered_name": None}


def _not_allowed(name, node):
    config = node.get("config")
    called = config.get("name") if isinstance(config, dict) else None
    shown = f"{called!r} of the type {name}" if called else name
    raise NotPortable(f"it has {str(shown)[:100]}, which is not one of Keras' own layers that a rebuilt model may have")
