"""Networks that give each pixel a class, on the maps of a frozen or a learning encoder: U-Net, and DeepLab's idea.

Ronneberger et al. 2015; Chen et al. 2015 and 2018. All encoders are the course's teacher or have its shape.
"""

import keras
import numpy as np
from scipy import ndimage

from tlcourse import networks, teachers
from tlcourse.finetuning import recompile

SKIPS = ("block3_conv3_relu", "block2_conv2_relu", "block1_conv2_relu")  # 12, 24 and 48 pixels wide
BOTTOM = "block4_conv3_relu"  # 6 pixels wide
STEPS, BATCH = 120, 8
RATE, TUNED_RATE, LINEAR_RATE = 2e-3, 5e-4, 1e-2


def encoder_of(kind, seed=0, images=None):
    """The teacher up to its fourth block ("teacher"), or the same network with random weights ("random").

    The batch norms of the random one get the statistics of `images`: without them, its maps would fade.
    """
    if kind == "teacher":
        whole = teachers.load("faces_vgg16")
    else:
        keras.utils.set_random_seed(seed)
        whole = networks.narrow_vgg16(2)
        if images is not None:
            networks.refresh_batch_norm(whole, images.astype("float32"))
    return keras.Model(whole.inputs[0], [whole.get_layer(name).output for name in (BOTTOM, *SKIPS)])


def dilated_encoder():
    """The teacher without its third pooling, which its fourth block makes up for by a dilation of 2.

    The weights are the teacher's. A unit of block 4 sees as much of the image as before, at four times as many places.
    """
    whole = teachers.load("faces_vgg16")
    x = whole.get_layer(SKIPS[0]).output
    x = keras.layers.MaxPooling2D(2, strides=1, padding="same")(x)
    for number in (1, 2, 3):
        old = whole.get_layer(f"block4_conv{number}")
        conv = keras.layers.Conv2D(old.filters, 3, padding="same", dilation_rate=2, use_bias=False)
        x = conv(x)
        conv.set_weights(old.get_weights())
        x = whole.get_layer(f"{old.name}_bn")(x)
        x = keras.layers.ReLU()(x)
    return keras.Model(whole.inputs[0], [x])


def decoder(shapes, classes, with_skips=True):
    """From the maps of an encoder, the smallest first, to logits for each pixel.

    Each step doubles the size, appends the skip of that size, and mixes both by a convolution with batch norm.
    """
    inputs = [keras.Input(shape) for shape in shapes]
    x = inputs[0]
    for skip in inputs[1:]:
        x = keras.layers.UpSampling2D(2)(x)
        if with_skips:
            x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
    return keras.Model(inputs, keras.layers.Conv2D(classes, 1)(x))


def linear_head(shapes, classes, size=48):
    """A class for each place of the smallest maps, interpolated to the size of the image."""
    inputs = keras.Input(shapes[0])
    logits = keras.layers.Conv2D(classes, 1)(inputs)
    factor = size // shapes[0][0]
    return keras.Model([inputs], keras.layers.UpSampling2D(factor, interpolation="bilinear")(logits))


def mirrored(data):
    """Images and masks, followed by their mirror images."""
    both = (np.concatenate([part, part[:, :, ::-1]]) for part in (data.images, data.masks))
    return tuple(both)


def train_on_maps(encoder, head, train, test, steps=STEPS, rate=RATE):
    """Predicted masks of the test images, after a new head has learned on the maps of a frozen encoder."""
    images, masks = mirrored(train)
    _fit(head, _maps(encoder, head, images), masks, steps, rate)
    return head.predict(_maps(encoder, head, test.images), batch_size=50, verbose=0).argmax(axis=-1)


def train_whole(encoder, head, train, test, steps=STEPS, rate=RATE):
    """Predicted masks of the test images, after encoder and head have learned together."""
    images, masks = mirrored(train)
    model = whole_model(encoder, head)
    model.trainable = True
    _fit(model, images.astype("float32"), masks, steps, rate)
    networks.refresh_batch_norm(model, images.astype("float32"))
    return model.predict(test.images.astype("float32"), batch_size=50, verbose=0).argmax(axis=-1)


def whole_model(encoder, head):
    """Encoder and head in one model."""
    maps = encoder.outputs[: len(head.inputs)]
    return keras.Model(encoder.inputs[0], head(maps))


def _maps(encoder, head, images):
    """The maps that the head reads: all of the encoder's, or only the smallest."""
    outputs = encoder.predict(images.astype("float32"), batch_size=50, verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return outputs[: len(head.inputs)]


def _fit(model, inputs, masks, steps, rate):
    count = len(masks)
    epochs = max(1, round(steps * BATCH / count))
    total = epochs * -(-count // BATCH)
    recompile(model, keras.optimizers.schedules.CosineDecay(rate, total))
    model.fit(inputs, masks, batch_size=BATCH, epochs=epochs, verbose=0)


def iou_by_class(predicted, true, classes):
    """Intersection over union of each class over all pixels; NaN for a class that neither mask has."""
    pairs = np.bincount(true.ravel().astype(int) * classes + predicted.ravel(), minlength=classes**2)
    table = pairs.reshape(classes, classes)
    together = table.sum(axis=0) + table.sum(axis=1) - np.diag(table)
    return np.where(together > 0, np.diag(table) / np.maximum(together, 1), np.nan)


def mean_iou(predicted, true, classes):
    """The mean of `iou_by_class` over the classes that occur."""
    return float(np.nanmean(iou_by_class(predicted, true, classes)))


def near_outline(masks, distance=1):
    """Where another class is at most `distance` pixels away, shape of `masks`, bool."""
    size = (1, 2 * distance + 1, 2 * distance + 1)
    return ndimage.maximum_filter(masks, size) != ndimage.minimum_filter(masks, size)
