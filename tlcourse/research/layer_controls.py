"""Controls for frozen features (C07, C08, C16): the teacher against untrained networks of its own shape.

Linear accuracy at each of the 16 weight layers, with the teacher and with three networks whose weights are the initial
ones, new in every seed. The batch norms of an untrained network hold no statistics of images yet. They get those of
`CALIBRATED_ON` images of the teacher's own people, in one pass, so that the networks differ from the teacher in what
gradients have changed. Features are standardized on the training images of the target either way.

One teacher and one architecture: intervals over seeds hold neither for other teachers nor for other networks.
"""

import os
from pathlib import Path

import keras
import numpy as np
from PIL import Image
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from tlcourse import teachers
from tlcourse.datasets import LabeledImages, faces
from tlcourse.networks import narrow_vgg16, refresh_batch_norm
from tlcourse.research import control_targets, cut_layer

UNTRAINED = 3  # initializations in a seed
CALIBRATED_ON = 256
DEVELOPED = 3  # development seeds


def run(seed):
    """Accuracies by layer on the five targets of a seed, for the record; see `compare_layers`."""
    return compare_layers(control_targets.tasks(seed), seed)


def develop(seed):
    """The same on development data: layers, margins and the sample size of the record are chosen by it."""
    return compare_layers(control_targets.tasks(seed, control_targets.DEVELOPMENT), seed)


def compare_layers(tasks, seed):
    """Linear accuracy on frozen features and on pixels.

    Parameters
    ----------
    tasks : dict of str to tuple of LabeledImages
        Name to (train, test).
    seed : int
        Of the untrained networks.

    Returns
    -------
    dict
        For each task: ``teacher``, ``untrained`` (mean of the three networks) and ``untrained_deviation`` (their
        standard deviation), each by layer; and ``pixels``.
    """
    networks = [teachers.load("faces_vgg16"), *untrained_networks(seed)]
    names, extractors = zip(*(cut_layer.layer_outputs(network) for network in networks), strict=True)
    return {task: _task(names[0], extractors, *parts) for task, parts in tasks.items()}


def untrained_networks(seed):
    """Networks of the teacher's shape with initial weights, and batch norms that are calibrated on faces.

    Returns
    -------
    list of keras.Model
        Three, of different initializations.
    """
    rng = np.random.default_rng([seed, 3])
    people = rng.choice(faces.TEACHER_PEOPLE, CALIBRATED_ON, replace=False).tolist()
    images = faces.portraits(people, 1, int(rng.integers(2**31))).images
    classes = teachers.CATALOG["faces_vgg16"].classes
    return [_untrained(int(start), classes, images) for start in rng.choice(2**31, UNTRAINED, replace=False)]


def _untrained(seed, classes, images):
    keras.utils.set_random_seed(seed)
    network = narrow_vgg16(classes)
    refresh_batch_norm(network, images)
    return network


def _task(names, extractors, train, test):
    by_network = [_by_layer(names, extractor, train, test) for extractor in extractors]
    teacher, *untrained = by_network
    values = {name: [accuracies[name] for accuracies in untrained] for name in names}
    flat = [part.images.reshape(len(part), -1) / 255 for part in (train, test)]
    return {
        "teacher": teacher,
        "untrained": {name: float(np.mean(accuracies)) for name, accuracies in values.items()},
        "untrained_deviation": {name: float(np.std(accuracies, ddof=1)) for name, accuracies in values.items()},
        "pixels": linear_accuracy(flat[0], train.labels, flat[1], test.labels),
    }


def _by_layer(names, extractor, train, test):
    features = [extractor.predict(part.images, batch_size=128, verbose=0) for part in (train, test)]
    return {
        name: linear_accuracy(learned, train.labels, tested, test.labels)
        for name, learned, tested in zip(names, *features, strict=True)
    }


def linear_accuracy(train_features, train_labels, test_features, test_labels):
    """As `cut_layer.linear_accuracy`, in the axes on which the training images lie.

    The optimum is the same, since the penalty does not change when axes turn, and it is reached sooner. The 2,622
    outputs of the last layer take up to 900 iterations.
    """
    classifier = make_pipeline(StandardScaler(), PCA(svd_solver="full"), LogisticRegression(C=0.1, max_iter=2000))
    with threadpool_limits(1):
        return float(classifier.fit(train_features, train_labels).score(test_features, test_labels))


def orl_faces(seed):
    """A remark beside the record: photos of real people, three each to learn from (ORL, Samaria and Harter 1994).

    The photos have no license, so no verdict rests on them and nothing of them is kept.

    Returns
    -------
    dict
        As `compare_layers` for a task: 40 people, 120 training images and 280 test images.

    Raises
    ------
    FileNotFoundError
        If TLCOURSE_MIRROR names no folder with the photos.
    """
    file = Path(os.environ.get("TLCOURSE_MIRROR", "")) / "orl_faces" / "orl_faces.npz"
    if not file.is_file():
        raise FileNotFoundError(f"no photos of the ORL database: there is no {file}; set TLCOURSE_MIRROR")
    with np.load(file) as stored:
        photos, people = stored["x"], stored["person"]
    square = photos[:, 10:-10]  # 92 of 112 rows
    images = np.stack([np.asarray(Image.fromarray(photo).resize((faces.SIZE,) * 2)) for photo in square])
    data = LabeledImages(
        np.repeat(images[..., None], 3, axis=-1), people.astype(np.int64), tuple(map(str, range(40))), "ORL"
    )
    chosen = np.random.default_rng([seed, 4]).permuted(np.arange(400).reshape(40, 10), axis=1)
    parts = data.take(chosen[:, :3].ravel()), data.take(chosen[:, 3:].ravel())
    return compare_layers({"orl": parts}, seed)["orl"]
