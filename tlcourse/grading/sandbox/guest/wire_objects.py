"""Objects that pass between checker and student as data: models, optimizers, generators, datasets, named tuples.

A model comes back as data, too, and the checker rebuilds it (`model_data`). So does what iterating over a
dataset gave. Everything else that is built from a name goes to the student's process only, where it harms nobody.
"""

import collections.abc
import importlib
import math
import sys

from tlcourse.model_outputs import ModelOutputs, input_shape

MOST_ELEMENTS = 100_000


class CannotSend(ValueError):  # noqa: N818
    """An object of these kinds that cannot be sent, with the reason."""


returned_models = []  # in the student's process: models and layers that stay there, for later calls


class OpaqueObject:
    """Stands for an object that is not sent: it has a type's name and a look, and equals nothing.

    Attributes
    ----------
    not_portable : str or None
        Why a model could not be rebuilt.
    """

    not_portable = None

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def __eq__(self, other):
        return False

    __hash__ = None


class RecordedPasses:
    """What each pass over a dataset or an iterator gave: the first two; later ones are like the second."""

    def __init__(self, passes):
        self.passes, self.started = passes, 0

    def __iter__(self):
        self.started += 1
        return iter(self.passes[min(self.started, len(self.passes)) - 1])

    def __repr__(self):
        return "<an iterator>"  # the same in each grading


def opaque(type_name, text, not_portable=None):
    """An `OpaqueObject` whose type has a name of the student's choice."""
    thing = type(str(type_name)[:80] or "object", (OpaqueObject,), {})(str(text)[:200])
    thing.not_portable = not_portable
    return thing


def models_in(value):
    """The Keras models in arguments, also in lists, tuples and dictionaries, in their order; none that stayed."""
    if isinstance(value, (list, tuple)):
        return [model for item in value for model in models_in(item)]
    if isinstance(value, dict):
        return [model for item in value.values() for model in models_in(item)]
    stayed = any(value is model for model in returned_models)
    return [value] if _is(value, "keras", "Model") and not stayed else []


def states(models, encode):
    """What became of models in a function that was given them."""
    if not models:
        return []
    from tlcourse.grading.sandbox.guest import model_data

    return [encode(model_data.state(model)) for model in models]


def set_states(models, new, decode):
    """Put the `states` of copies of these models into them.

    Raises
    ------
    CannotSend
        If they are not those of such models.
    """
    if len(models) != len(new):
        raise CannotSend(f"{len(new)} models came back instead of {len(models)}")
    if not models:
        return
    from tlcourse.grading.sandbox.guest import model_data

    try:
        for model, content in zip(models, new, strict=True):
            model_data.set_state(model, decode(content))
    except model_data.NotPortable as reason:
        raise CannotSend(str(reason)) from None


def to_wire(value, encode, strict):
    """An object as (tag, content); None for one that is not of these kinds.

    Parameters
    ----------
    value : object
    encode : callable
        Of `wire_format`, for what the object consists of.
    strict : bool
        Whether the checker sends it; else the student does.

    Raises
    ------
    CannotSend
    """
    if isinstance(value, ModelOutputs):
        return "stayed", value.handle
    if _is(value, "keras", "Model"):
        return _model_to_wire(value, encode, strict)
    if not strict and _is(value, "keras", "Layer"):
        return "outputs", _stays(value, "it is a layer")
    if _is(value, "tensorflow", "data.Dataset"):
        return "passes", [_elements(value.as_numpy_iterator(), encode) for _ in range(2)]
    if not strict:
        iterator = isinstance(value, collections.abc.Iterator)
        return ("passes", [_elements(value, encode), []]) if iterator else None
    if _is(value, "keras", "optimizers.Optimizer"):
        return "optimizer", sys.modules["keras"].optimizers.serialize(value)
    if _is(value, "numpy", "random.Generator"):
        return "generator", value.bit_generator.state
    if isinstance(value, tuple) and hasattr(value, "_fields") and type(value).__module__.startswith("tlcourse."):
        return "named", [type(value).__module__, type(value).__name__, [encode(item) for item in value]]
    return None


def _model_to_wire(model, encode, strict):
    """A model as its data; one of the student's that has none stays, and its outputs can be asked for."""
    from tlcourse.grading.sandbox.guest import model_data  # imports Keras

    try:
        data = model_data.to_data(model)
    except model_data.NotPortable as reason:
        if strict:
            raise CannotSend(str(reason)) from None
        return "outputs", _stays(model, str(reason))
    return "model", [data["kind"], data["config"], encode(data["state"])]


def _stays(layer, reason):
    """Keep a layer or model; its number, what it is called, why it stays, its inputs' shape, whether it is a model."""
    places = [place for place, other in enumerate(returned_models) if other is layer]
    if not places:
        returned_models.append(layer)
    handle = places[0] if places else len(returned_models) - 1
    try:
        shape = input_shape(layer)
    except Exception:  # of a class of someone's own
        shape = None
    return [handle, type(layer).__name__, reason, shape, _is(layer, "keras", "Model")]


class RemoteOutputs(ModelOutputs):
    """A model in the student's process, in the checker.

    Parameters
    ----------
    content : list
        Of `_stays`, or what someone claims to be that.
    call_model : callable
        Of its number, its class, a method, inputs and options; returns the outputs.
    """

    def __init__(self, content, call_model):
        handle, kind, reason, shape, is_model = content
        if type(handle) is not int or not isinstance(is_model, bool):
            raise ValueError("a model has no number")
        if shape is not None and not _is_small_shape(shape[1:]):
            raise ValueError("a model has no shape")
        kind = str(kind)[:80]
        super().__init__(lambda *call: call_model(handle, kind, *call), kind, str(reason)[:400], shape, is_model)
        vars(self)["handle"] = handle


def _is_small_shape(sizes):
    return len(sizes) <= 5 and all(type(size) is int and size > 0 for size in sizes) and math.prod(sizes) <= 1 << 22


def from_wire(tag, content, decode, from_checker, call_model=None):
    """The object that (tag, content) stands for; in the checker an `OpaqueObject` for a model that is refused.

    Raises
    ------
    ValueError
        In the checker, for what only the checker may send.
    """
    if tag == "model":
        from tlcourse.grading.sandbox.guest import model_data

        kind, config, state = content
        try:
            return model_data.from_data({"kind": kind, "config": config, "state": decode(state)})
        except model_data.NotPortable as reason:
            return opaque("Model", "a model", str(reason))
    if tag == "outputs":
        return type(str(content[1])[:80] or "object", (RemoteOutputs,), {})(content, call_model)
    if tag == "passes":
        passes = [decode(items) for items in content]
        return _dataset(passes) if from_checker else RecordedPasses(passes)
    if not from_checker:
        raise ValueError(f"a student's process may not send {tag!r}")
    if tag == "stayed":
        return returned_models[content]
    if tag == "optimizer":
        return sys.modules["keras"].optimizers.deserialize(content)
    if tag == "generator":
        return _generator(content)
    module, name, items = content
    return getattr(importlib.import_module(module), name)(*(decode(item) for item in items))


def _is(value, module, path):
    """Whether a value is of a class, without importing its module."""
    kind = sys.modules.get(module)
    for name in path.split("."):
        kind = getattr(kind, name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _elements(iterable, encode):
    return {"l": [encode(item) for item, _ in zip(iterable, range(MOST_ELEMENTS), strict=False)]}


def _dataset(passes):
    """A dataset like the checker's: in one order, or in another order at each pass."""
    from_slices = sys.modules["tensorflow"].data.Dataset.from_tensor_slices
    first, second = passes
    if all(bool((mine == other).all()) for mine, other in zip(first, second, strict=True)):
        return from_slices(first)
    return from_slices(sorted(first)).shuffle(len(first))


def _generator(state):
    import numpy

    bits = getattr(numpy.random, state["bit_generator"])()
    bits.state = state
    return numpy.random.Generator(bits)
