"""What students learn from: images of 20 people, and what good, mistaken and random teachers make of them.

Three kinds of mistakes that a teacher can have, by how its head was trained: on labels of which a share names anybody
else ("noise"), on labels of which as many name the person who looks most alike ("pairs"), or for too short a time
("undertrained"). Of each person the same number of labels is wrong.
"""

import functools

import keras
import numpy as np

from tlcourse import networks
from tlcourse.datasets import faces
from tlcourse.research import distillation_methods, headline
from tlcourse.research.distillation_methods import LABELED, PEOPLE, TESTED, UNLABELED

NEW_PEOPLE = faces.TEST_PEOPLE[1000:]  # no earlier experiment on distillation tested on these
WRONG_SHARE = 0.4  # of the labels
UNDERTRAINED_EPOCHS = 3  # of the head; a good one has `headline.HEAD_EPOCHS`
KINDS = ("noise", "pairs", "undertrained")
MAPS = ("large_maps", "small_maps")


def choose_people(seed, people):
    """20 people by chance. Two seeds may share a person, but no image: 20 seeds of 9,000 people seldom do."""
    return np.random.default_rng(seed).choice(people, PEOPLE, replace=False)


class DistillationSources:
    """Images of 20 people, and what the teachers make of them, computed once.

    The first 200 images are the labeled ones, the other 600 come without labels. `labels` has the true labels of all
    800; of the last 600 only the reference "labels" on 800 images and the choice of confusable pairs use any.

    Parameters
    ----------
    seed : int
        0 to 2**31 - 1.
    people : sequence of int
        Of whom 20 are chosen.
    """

    def __init__(self, seed, people=NEW_PEOPLE):
        self.seed, self.people = seed, choose_people(seed, people)
        labeled, unlabeled, self.test = split_images(seed, self.people)
        self.images = np.concatenate([labeled.images, unlabeled.images])
        self.labels = np.concatenate([labeled.labels, unlabeled.labels])
        self.labeled = len(labeled)
        self.changed = distillation_methods.unusual(self.test)
        self.parts = {"images": self.images, "test": self.test.images,
                      **{name: part.images for name, part in self.changed.items()}}  # fmt: skip
        outputs = {name: teacher_outputs(distillation_methods.base(), images) for name, images in self.parts.items()}
        self.features = {name: of_part["features"] for name, of_part in outputs.items()}
        random = random_base(seed, self.images)
        self.maps = {"real": outputs["images"], "random": teacher_outputs(random, self.images)}
        self.glasses = distillation_methods.wear_glasses(self.people)
        glasses_head = distillation_methods.glasses_head()
        self.glasses_logits = {
            name: glasses_head.predict(pooled(outputs[name]["small_maps"]), verbose=0) for name in ("images", "test")
        }

    @functools.cached_property
    def logits(self):
        """By teacher ("good" and `KINDS`) and part ("images", "test", "moved", "dark"): shape (n, 20)."""
        few, labels = self.features["images"][: self.labeled], self.labels[: self.labeled]
        heads = {"good": headline.train_head(few, labels, PEOPLE, self.seed)}
        for kind in ("noise", "pairs"):
            heads[kind] = headline.train_head(few, self.wrong_labels(kind), PEOPLE, self.seed)
        heads["undertrained"] = headline.train_head(few, labels, PEOPLE, self.seed, UNDERTRAINED_EPOCHS)
        return {
            name: {part: head.predict(features, verbose=0) for part, features in self.features.items()}
            for name, head in heads.items()
        }

    def wrong_labels(self, kind):
        """The labels that a mistaken teacher learns, shape (labeled,)."""
        labels = self.labels[: self.labeled]
        if kind == "pairs":
            partners = confusable(self.features["images"], self.labels)
            return with_mistakes(labels, WRONG_SHARE, self.seed, partners)
        return with_mistakes(labels, WRONG_SHARE, self.seed)

    def teacher_accuracy(self):
        """By teacher and part: share of correct predictions."""
        truth = {"images": self.labels, **dict.fromkeys(("test", *self.changed), self.test.labels)}
        return {
            name: {part: float((logits.argmax(axis=1) == truth[part]).mean()) for part, logits in parts.items()}
            for name, parts in self.logits.items()
        }

    def glasses_accuracy(self):
        """Of the second teacher on the test images, and of the more frequent of its two classes."""
        truth = self.glasses[self.test.labels]
        correct = (self.glasses_logits["test"].argmax(axis=1) == truth).mean()
        return {"test": float(correct), "majority": float(max(truth.mean(), 1 - truth.mean()))}


def split_images(seed, people):
    """Images of 20 people as `distillation_methods.split_images` has them: (labeled, unlabeled, for the test)."""
    images = LABELED + UNLABELED + TESTED
    dataset = faces.portraits(people, images, seed)
    place = np.arange(len(dataset)) % images
    rest = place >= images - TESTED
    return dataset.take(place < LABELED), dataset.take((place >= LABELED) & ~rest), dataset.take(rest)


def teacher_outputs(network, images):
    """A teacher's maps after blocks 3 and 4 and its features, by name."""
    outputs = network.predict(images, batch_size=100, verbose=0)
    return dict(zip((*MAPS, "features"), outputs, strict=True))


def pooled(maps):
    """Maps averaged over a grid of 3x3 places, and flattened: what the head for glasses takes."""
    count, height, width, channels = maps.shape
    return maps.reshape(count, 3, height // 3, 3, width // 3, channels).mean(axis=(2, 4)).reshape(count, -1)


def random_base(seed, images):
    """The teacher's architecture with random weights; the batch norms' statistics are those of `images`.

    With the statistics of a new network (mean 0, variance 1) its deeper maps would hardly vary.
    """
    keras.utils.set_random_seed(seed)
    network = keras.models.clone_model(distillation_methods.base())
    networks.refresh_batch_norm(network, images)
    return network


def confusable(features, labels):
    """For each class the one whose mean features are nearest, of features brought to spread 1; shape (classes,)."""
    scaled = features / (features.std(axis=0) + 1e-3)
    means = np.stack([scaled[labels == label].mean(axis=0) for label in range(labels.max() + 1)])
    distances = np.linalg.norm(means[:, None] - means[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    return distances.argmin(axis=1)


def with_mistakes(labels, share, seed, partners=None):
    """Labels of which a share, the same in each class to rounding, is wrong.

    Parameters
    ----------
    labels : numpy.ndarray
        Shape (n,).
    share : float
    seed : int
    partners : numpy.ndarray, optional
        The class that takes the place of each class, shape (classes,); without, any other one, by chance.
    """
    rng = np.random.default_rng([seed, 37])
    wrong, classes = labels.copy(), labels.max() + 1
    for label in range(classes):
        places = np.flatnonzero(labels == label)
        places = rng.choice(places, round(share * len(places)), replace=False)
        others = (label + rng.integers(1, classes, len(places))) % classes
        wrong[places] = others if partners is None else partners[label]
    return wrong
