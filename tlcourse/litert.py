"""A network for a small device: exported to LiteRT (TensorFlow Lite's format), run, and timed."""

import time
import warnings

import numpy as np
import tensorflow as tf


def convert(model, quantise=None, sample=None):
    """A Keras model as the bytes of a .tflite file.

    Parameters
    ----------
    model : keras.Model
        With one input and one output.
    quantise : {None, "float16", "int8"}
        How weights are stored: as they are, in half the bytes, or in a quarter (then sums are integers too).
    sample : numpy.ndarray, optional
        Pictures, shape (n, h, w, 3), from which "int8" learns how large the activations get.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        For another `quantise`, or "int8" without a sample.
    """
    if quantise not in (None, "float16", "int8"):
        raise ValueError(f"quantise must be None, 'float16' or 'int8', got {quantise!r}")
    if quantise == "int8" and sample is None:
        raise ValueError("quantise='int8' needs a sample of pictures: it measures how large the activations get")
    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    function = tf.function(lambda picture: model(picture, training=False)).get_concrete_function(signature)
    # Without the model as a second argument the weights become constants; as variables, "int8" cannot measure them.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    if quantise:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantise == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if quantise == "int8":
        converter.representative_dataset = lambda: ([picture[None].astype("float32")] for picture in sample)
    return converter.convert()


class Runner:
    """A converted network, ready to answer one picture at a time.

    Parameters
    ----------
    content : bytes
        As `convert` gives it.
    threads : int
    """

    def __init__(self, content, threads=1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tf.lite.Interpreter says that it will move to a package of its own
            self.interpreter = tf.lite.Interpreter(model_content=content, num_threads=threads)
        self.interpreter.allocate_tensors()
        self.place = self.interpreter.get_input_details()[0]["index"]
        self.answer = self.interpreter.get_output_details()[0]["index"]

    def __call__(self, picture):
        """The network's output for one picture, shape (1, h, w, 3), values 0 to 255."""
        self.interpreter.set_tensor(self.place, np.asarray(picture, dtype=np.float32))
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.answer)

    def predict(self, images):
        """Outputs for pictures of shape (n, h, w, 3), one after the other: shape (n, classes)."""
        return np.concatenate([self(picture[None]) for picture in images])


def milliseconds(function, picture, repeats=100):
    """The median time of ``function(picture)`` over `repeats` calls, after ten that do not count."""
    times = []
    for _ in range(repeats + 10):
        start = time.perf_counter()
        function(picture)
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times[10:]))
