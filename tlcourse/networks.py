"""The architectures that the course trains itself, and what training them takes: compiling, batch norm.

`narrow_vgg16` is the pattern of the course's teacher, `small_cnn` a baseline without a teacher, `small_student`
learns from the teacher's outputs, and `speech_cnn` takes log-mel images.
"""

import keras

from tlcourse.augmentation import RandomAffine, RandomColorCast
from tlcourse.fused_batch_norm import FusedBatchNormalization

VGG16_BLOCKS = (2, 2, 3, 3, 3)  # convolutions before each pooling; Simonyan & Zisserman 2015, configuration D


def narrow_vgg16(
    classes, widths=(16, 32, 64, 96, 96), dense=192, batch_norm=True, size=48, norm_layer=FusedBatchNormalization
):
    """VGG-16's pattern of 16 weight layers (2-2-3-3-3 convolutions, three dense), narrow enough to ship.

    Parameters
    ----------
    classes : int
        Outputs of the last layer, which gives logits.
    widths : tuple of 5 int
        Filters in each block.
    dense : int
        Units of each of the two hidden dense layers.
    batch_norm : bool
        True as in the course's teacher; False as in the original VGG-16 and VGG-Face.
    size : int
        Height and width of the input in pixels. Images go in as they are, 0 to 255.
    norm_layer : type of keras.layers.BatchNormalization
        The class of the batch norms.

    Returns
    -------
    keras.Model
        Layers are named as in keras.applications.VGG16: block1_conv1 ... fc1, fc2, predictions.
    """

    def unit(layer, x):
        x = layer(x)
        if batch_norm:
            x = norm_layer(momentum=0.95, name=f"{layer.name}_bn")(x)
        return keras.layers.ReLU(name=f"{layer.name}_relu")(x)

    inputs = keras.Input((size, size, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    for block, (depth, filters) in enumerate(zip(VGG16_BLOCKS, widths, strict=True), start=1):
        for index in range(1, depth + 1):
            name = f"block{block}_conv{index}"
            x = unit(keras.layers.Conv2D(filters, 3, padding="same", use_bias=not batch_norm, name=name), x)
        if block < len(widths):  # VGG-16 pools after block 5 too, but of 48 pixels only 3 are left there
            x = keras.layers.MaxPooling2D(name=f"block{block}_pool")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    for name in ("fc1", "fc2"):
        x = unit(keras.layers.Dense(dense, use_bias=not batch_norm, name=name), x)
    outputs = keras.layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, outputs, name="narrow_vgg16")


def small_cnn(classes, widths=(32, 64, 96, 128), dropout=0.5, augment=True, mirror=True, size=48, pool_first=False):
    """Four convolutions with batch norm, dropout and augmentation: a fair baseline when data are few.

    Parameters
    ----------
    classes : int
        Outputs of the last layer, which gives logits.
    widths : tuple of int
        Filters of each convolution; each is followed by 2x2 pooling.
    dropout : float
        Share of the flattened features dropped in training.
    augment : bool
        Random shifts, turns, zooms and color casts in training.
    mirror : bool
        Mirror images too, when augmenting: right for faces and photos, wrong for digits.
    size : int
        Height and width of the input in pixels. Images go in as they are, 0 to 255.
    pool_first : bool
        Pooling before batch norm, which then has a quarter of the values to normalize. It is faster. On the people that
        recipes are chosen with (`faces.development`), it is more accurate with augmentation, and less so without.
    """
    inputs = keras.Input((size, size, 3), name="image")
    x = RandomColorCast()(inputs) if augment else inputs
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(x)
    if augment:
        x = RandomAffine()(x)
        if mirror:
            x = keras.layers.RandomFlip("horizontal")(x)
    for filters in widths:
        x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        if pool_first:
            x = keras.layers.MaxPooling2D()(x)
        x = FusedBatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
        if not pool_first:
            x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(inputs, keras.layers.Dense(classes)(x), name="small_cnn")


def small_student(classes, widths=(16, 32, 48), size=48):
    """A network for a small device: three convolutions, the first of which skips every other pixel.

    Parameters
    ----------
    classes : int
        Outputs of the last layer, which gives logits.
    widths : tuple of int
        Filters of each convolution; each is followed by 2x2 pooling. Their activations are named map1, map2 ...
    size : int
        Height and width of the input in pixels. Images go in as they are, 0 to 255.
    """
    inputs = keras.Input((size, size, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(inputs)
    for number, filters in enumerate(widths, start=1):
        kernel, strides = (5, 2) if number == 1 else (3, 1)
        x = keras.layers.Conv2D(filters, kernel, strides, padding="same", use_bias=False)(x)
        x = FusedBatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU(name=f"map{number}")(x)
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten(name="features")(x)
    return keras.Model(inputs, keras.layers.Dense(classes, name="answer")(x), name="small_student")


def speech_cnn(classes=10, widths=(16, 32, 64), dropout=0.3, shape=(40, 48, 1)):
    """A network for log-mel images of single words: three convolutions, the first of which skips every other pixel.

    Parameters
    ----------
    classes : int
        Outputs of the last layer, "digit", which gives logits.
    widths : tuple of int
        Filters of each convolution; each is followed by 2x2 pooling.
    dropout : float
        Share of the flattened features dropped in training.
    shape : tuple of 3 int
        Bands, frames and channels of the input. Images go in as they are, 0 to 255.
    """
    inputs = keras.Input(shape, name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(inputs)
    for number, filters in enumerate(widths, start=1):
        kernel, strides = (5, 2) if number == 1 else (3, 1)
        x = keras.layers.Conv2D(filters, kernel, strides, padding="same", use_bias=False, name=f"conv{number}")(x)
        x = FusedBatchNormalization(momentum=0.9, name=f"norm{number}")(x)
        x = keras.layers.ReLU()(x)
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten(name="features")(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(inputs, keras.layers.Dense(classes, name="digit")(x), name="speech_cnn")


def compile_and_build(model, optimizer, loss, **options):
    """Compile a model, with the optimizer's variables made at once.

    Keras makes them while the first step is traced. A function that makes variables is traced a second time, which
    takes as long as the first, and in a short training as long as the training.

    Parameters
    ----------
    model : keras.Model
    optimizer : keras.optimizers.Optimizer
    loss : keras.losses.Loss or list of them
    options
        For ``model.compile``. Metrics as objects have their variables; as names they are made in the first step, too.

    Returns
    -------
    keras.Model
        The same.
    """
    model.compile(optimizer, loss, **options)
    optimizer.build(model.trainable_variables)
    return model


def flat_layers(model):
    """A model's layers from the input to the output, with the layers of a nested model in its place.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    list of keras.layers.Layer
        None of them is a model.
    """
    layers = []
    for layer in model.layers:
        layers += flat_layers(layer) if isinstance(layer, keras.Model) else [layer]
    return layers


def batch_norms(model):
    """The batch normalizations of a model and of the models in it."""
    return [layer for layer in flat_layers(model) if isinstance(layer, keras.layers.BatchNormalization)]


def refresh_batch_norm(model, images):
    """Set every batch norm's moving statistics to those of `images`, in one pass.

    Moving averages lag behind in short trainings and make a network look worse than it is:
    refresh before you evaluate. The images go in together and as in training: dropout and augmentation act,
    and the memory needed grows with the number of images.
    """
    layers = batch_norms(model)
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    model(images, training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
