"""A Vision Transformer and a convolutional network of the same size, trained alike on faces, then frozen (C45).

Both learn 40 people from the same images for the same number of epochs. Their features are then asked for digits and
galaxies by a linear classifier, beside the same networks with random weights. The learning rates are usual ones, set
before the first run and not tuned for either. The budget is small: it tells what a transformer is worth without a large
corpus, and nothing about one that has read millions of images.
"""

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from tlcourse import networks
from tlcourse.datasets import digits, faces, galaxies
from tlcourse.finetuning import recompile
from tlcourse.linear_probe import linear_classifier
from tlcourse.vision_transformer import build_vit

PEOPLE, IMAGES_EACH, EPOCHS, BATCH = 40, 30, 8, 40
RATES = {"vit": 1e-3, "cnn": 2e-3}
BUILDERS = {
    "vit": lambda classes: build_vit(classes, patch=8),
    "cnn": lambda classes: networks.small_cnn(classes, widths=(24, 48, 64, 96), augment=False, dropout=0.0),
}
IMAGES_OF_TARGET = (5, 20)


def run(seed):
    """Accuracy on the source, and on digits and galaxies with few labels, of both networks and of random ones."""
    source = faces.portraits(_people(seed), IMAGES_EACH, 2 * seed)
    held_out = faces.portraits(_people(seed), 5, 2 * seed + 1)
    targets = {"digits": digits.split, "galaxies": _galaxies}
    result = {name: {} for name in ("source", *targets)}
    for name, build in BUILDERS.items():
        keras.utils.set_random_seed(seed)
        model = build(PEOPLE)
        for state in ("random", "trained"):
            if state == "trained":
                fit(model, source, RATES[name])
            else:
                networks.refresh_batch_norm(model, source.images[::8].astype("float32"))
            for target, split in targets.items():
                result[target][f"{name}_{state}"] = few_labels(model, split, seed)
        logits = model.predict(held_out.images.astype("float32"), batch_size=250, verbose=0)
        result["source"][name] = float((logits.argmax(axis=1) == held_out.labels).mean())
    return result


def _people(seed):
    return faces.TEACHER_PEOPLE[PEOPLE * seed : PEOPLE * (seed + 1)]


def fit(model, source, rate, epochs=EPOCHS):
    """Train on labeled images by Adam with a cosine schedule, half of each batch mirrored."""
    steps = epochs * -(-len(source) // BATCH)
    recompile(model, keras.optimizers.schedules.CosineDecay(rate, steps))
    flipped = np.arange(len(source)) % 2 == 0
    images = np.where(flipped[:, None, None, None], source.images[:, :, ::-1], source.images)
    model.fit(images.astype("float32"), source.labels, batch_size=BATCH, epochs=epochs, verbose=0)
    networks.refresh_batch_norm(model, images[::8].astype("float32"))


def few_labels(model, split, seed):
    """Accuracy of a linear classifier on frozen features by images of each class, of 500 test images."""
    pooled = feature_layer(model)
    extractor = keras.Model(model.inputs[0], pooled)
    train, test = split(seed, max(IMAGES_OF_TARGET))
    chosen = np.random.default_rng(seed).permutation(len(test))[:500]
    test = test.take(chosen)
    learned, asked = (
        extractor.predict(part.images.astype("float32"), batch_size=250, verbose=0) for part in (train, test)
    )
    scores = {}
    for count in IMAGES_OF_TARGET:
        few = np.concatenate([np.flatnonzero(train.labels == label)[:count] for label in np.unique(train.labels)])
        with threadpool_limits(1):
            classifier = linear_classifier().fit(learned[few], train.labels[few])
            scores[str(count)] = float(classifier.score(asked, test.labels))
    return scores


def feature_layer(model):
    """The mean over all patches, or over all places of the last maps: as many numbers as channels."""
    if model.name == "vit":
        return model.get_layer("pooled").output
    flat = next(layer for layer in model.layers if isinstance(layer, keras.layers.Flatten))
    return keras.layers.GlobalAveragePooling2D()(flat.input)


def _galaxies(seed, images_each):
    return galaxies.observe(images_each, 2 * seed), galaxies.observe(125, 2 * seed + 1)
