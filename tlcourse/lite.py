"""A classifier as one file for telephones (LiteRT, formerly TensorFlow Lite), checked against the original."""

import keras
import numpy as np

from tlcourse import litert, storage

_LARGEST_DIFFERENCE = 1e-3  # of a probability, between the file and the model that it was made from


def export(base, scaling, kernel, bias, data, into):
    """Write model.tflite, which takes pictures of 0 to 255, and labels.txt, a name a line in the order of its outputs.

    Parameters
    ----------
    base : keras.Model
        Pictures to feature vectors.
    scaling : {"none", "tf"}
        What the base expects; see `tlcourse.catalogue.Teacher`.
    kernel, bias : array
        Shapes (d, classes) and (classes,): the head.
    data : tlcourse.datasets.LabelledImages
        Gives the names, and the pictures that file and model are compared on.
    into : pathlib.Path

    Returns
    -------
    dict of str to pathlib.Path
        "model" and "labels".

    Raises
    ------
    RuntimeError
        If the file gives other probabilities than the model.
    """
    model = _whole(base, scaling, kernel, bias)
    content = litert.convert(model)
    some = data.images[:4].astype(np.float32)
    difference = float(np.abs(litert.Runner(content).predict(some) - np.asarray(model(some, training=False))).max())
    if not difference <= _LARGEST_DIFFERENCE:  # nor is it if it is no number
        raise RuntimeError(f"the exported model differs by {difference:.2g} in a probability: it is not written")
    written = {"model": into / "model.tflite", "labels": into / "labels.txt"}
    with storage.whole_file(written["model"]) as partial:
        partial.write_bytes(content)
    with storage.whole_file(written["labels"]) as partial:
        partial.write_text("\n".join(data.class_names) + "\n", encoding="utf-8", newline="\n")
    return written


def _whole(base, scaling, kernel, bias):
    if scaling not in ("none", "tf"):
        raise ValueError(f"a base that wants its pictures scaled as {scaling!r} cannot be exported")
    inputs = keras.Input(base.input_shape[1:], name="picture")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(inputs) if scaling == "tf" else inputs
    head = keras.layers.Dense(len(bias), activation="softmax", name="classes")
    model = keras.Model(inputs, head(base(x)))
    head.set_weights([kernel, bias])
    return model
