"""A network for a small device: exported to LiteRT (TensorFlow Lite's format), checked, run, and timed."""

import time
import warnings

import keras
import numpy as np
import tensorflow as tf

from tlcourse import storage

_LARGEST_DIFFERENCE = 1e-3  # of a probability, between the file and the model that it was made from


def convert(model, quantize=None, sample=None):
    """A Keras model as the bytes of a .tflite file.

    Parameters
    ----------
    model : keras.Model
        With one input and one output.
    quantize : {None, "float16", "int8"}
        How weights are stored: as they are, in half the bytes, or in a quarter (then sums are integers too).
    sample : numpy.ndarray, optional
        Images, shape (n, h, w, 3), from which "int8" learns how large the activations get.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        For another `quantize`, or "int8" without a sample.
    """
    if quantize not in (None, "float16", "int8"):
        raise ValueError(f"quantize must be None, 'float16' or 'int8', got {quantize!r}")
    if quantize == "int8" and sample is None:
        raise ValueError("quantize='int8' needs a sample of images: it measures how large the activations get")
    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    function = tf.function(lambda image: model(image, training=False)).get_concrete_function(signature)
    # Without the model as a second argument the weights become constants; as variables, "int8" cannot measure them.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    if quantize:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if quantize == "int8":
        converter.representative_dataset = lambda: ([image[None].astype("float32")] for image in sample)
    return converter.convert()


class Runner:
    """A converted network, ready to classify one image at a time.

    Parameters
    ----------
    content : bytes
        As `convert` gives it.
    threads : int
    """

    def __init__(self, content, threads=1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tf.lite.Interpreter warns that it will move to a package of its own
            self.interpreter = tf.lite.Interpreter(model_content=content, num_threads=threads)
        self.interpreter.allocate_tensors()
        self.input_index = self.interpreter.get_input_details()[0]["index"]
        self.output_index = self.interpreter.get_output_details()[0]["index"]

    def __call__(self, image):
        """The network's output for one image, shape (1, h, w, 3), values 0 to 255."""
        self.interpreter.set_tensor(self.input_index, np.asarray(image, dtype=np.float32))
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.output_index)

    def predict(self, images):
        """Outputs for images of shape (n, h, w, 3), one after the other: shape (n, classes)."""
        return np.concatenate([self(image[None]) for image in images])


def milliseconds(function, image, repeats=100):
    """The median time of ``function(image)`` over `repeats` calls, after ten that do not count."""
    times = []
    for _ in range(repeats + 10):
        start = time.perf_counter()
        function(image)
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times[10:]))


def export(base, scaling, kernel, bias, data, into):
    """Write model.tflite, which takes images of 0 to 255, and labels.txt, a name a line in the order of its outputs.

    Parameters
    ----------
    base : keras.Model
        Images to feature vectors.
    scaling : {"none", "tf"}
        What the base expects; see `tlcourse.teachers.catalog.Teacher`.
    kernel, bias : array
        Shapes (d, classes) and (classes,): the head.
    data : tlcourse.datasets.LabeledImages
        Gives the names, and the images that file and model are compared on.
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
    model = with_head(base, scaling, kernel, bias)
    content = convert(model)
    sample = data.images[:4].astype(np.float32)
    difference = float(np.abs(Runner(content).predict(sample) - np.asarray(model(sample, training=False))).max())
    if not difference <= _LARGEST_DIFFERENCE:  # so that NaN counts as a difference
        raise RuntimeError(f"the exported model differs by {difference:.2g} in a probability: it is not written")
    written = {"model": into / "model.tflite", "labels": into / "labels.txt"}
    with storage.whole_file(written["model"]) as partial:
        partial.write_bytes(content)
    with storage.whole_file(written["labels"]) as partial:
        partial.write_text("\n".join(data.class_names) + "\n", encoding="utf-8", newline="\n")
    return written


def with_head(base, scaling, kernel, bias):
    """The base with its scaling and a softmax layer, as one model; the arguments are those of `export`."""
    if scaling not in ("none", "tf"):
        raise ValueError(f"a base that wants its images scaled as {scaling!r} cannot be exported")
    inputs = keras.Input(base.input_shape[1:], name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(inputs) if scaling == "tf" else inputs
    head = keras.layers.Dense(len(bias), activation="softmax", name="classes")
    model = keras.Model(inputs, head(base(x)))
    head.set_weights([kernel, bias])
    return model
