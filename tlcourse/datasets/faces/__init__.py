"""Synthetic portraits: people who do not exist, drawn by numpy.

A `Person` holds what stays the same from image to image (skin, hair, face shape, eyes, brows,
nose, mouth, beard, glasses, birthmarks); everything else (pose, expression, light, color cast, clothes,
headwear, background, occlusion, noise) is sampled anew for each image. As no real person's face is in the
data, a classroom can share, print and misclassify it without asking anyone.
"""

import numpy as np

from tlcourse.datasets import LabeledImages
from tlcourse.datasets.faces.people import person
from tlcourse.datasets.faces.portrait import draw

SIZE = 48  # height and width of an image, in pixels
TEACHER_PEOPLE = range(2622)  # as many as VGG-Face was trained on (Parkhi et al. 2015)
DEVELOPMENT_PEOPLE = range(10_000, 20_000)  # for choosing recipes, never for reported numbers
TEST_PEOPLE = range(20_000, 30_000)
SOURCE = "drawn by tlcourse.datasets.faces; nobody real; MIT license"


def portraits(people, images_each, seed):
    """`images_each` images of each person in `people`.

    Parameters
    ----------
    people : sequence of int
        Identities, see `person`.
    images_each : int
        1 or more.
    seed : int
        Decides pose, light and all else that is not the person.

    Returns
    -------
    LabeledImages
        ``len(people) * images_each`` images, person by person; class names ``"person 17"``.

    Raises
    ------
    ValueError
        If nobody is asked for, somebody twice, or fewer than one image each.
    """
    people = list(people)
    if not people or len(set(people)) != len(people):
        raise ValueError(f"people must be one or more different identities, got {people[:10]}")
    if images_each < 1:
        raise ValueError(f"images_each must be 1 or more, got {images_each}")
    images = np.empty((len(people), images_each, SIZE, SIZE, 3), np.uint8)
    for row, identity in enumerate(people):
        traits, rng = person(identity), np.random.default_rng([seed, identity])
        for column in range(images_each):
            images[row, column] = draw(traits, rng)
    labels = np.repeat(np.arange(len(people)), images_each)
    names = tuple(f"person {identity}" for identity in people)
    return LabeledImages(images.reshape(-1, SIZE, SIZE, 3), labels, names, SOURCE)


def headline(seed, images_each=10):
    """The course's headline task: 65 people whom the teacher never saw, 20 other images of each as test.

    Parameters
    ----------
    seed : int
        0 to 152; each seed has 65 people of its own.
    images_each : int
        Training images of each person.

    Returns
    -------
    tuple of LabeledImages
        Training images (65 * images_each) and test images (1,300).

    Raises
    ------
    ValueError
        If `seed` is outside 0 to 152.
    """
    return _task(TEST_PEOPLE, seed, images_each)


def development(seed, images_each=10):
    """The same task with development people: recipes are chosen on these, so that no test image is ever tuned on."""
    return _task(DEVELOPMENT_PEOPLE, seed, images_each)


def _task(people, seed, images_each):
    if not 0 <= seed < len(people) // 65:
        raise ValueError(f"seed must be 0 to {len(people) // 65 - 1}, got {seed}")
    chosen = people[65 * seed : 65 * seed + 65]
    return portraits(chosen, images_each, seed=2 * seed), portraits(chosen, 20, seed=2 * seed + 1)
