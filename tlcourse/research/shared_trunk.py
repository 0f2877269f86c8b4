"""One trunk for two tasks, against networks of their own (C48): when do tasks help each other, and when do they hurt?

Digits and letters are the two tasks, and each plays both parts: the one with few labels is asked, and the other one
shares its trunk. Controls share the trunk with a task that has nothing to do with characters (people), and with letters
whose labels are random. All arms see the same batches of the asked task, and the arms with a partner see as many images
of the partner in each step. `alone_longer` takes twice as many steps, as many images as a pair sees.
"""

import functools

import keras
import numpy as np

from tlcourse import continual
from tlcourse.datasets import faces, glyphs

TASKS = {"digits": glyphs.DIGITS, "letters": glyphs.LETTERS}
IMAGES = {"few": 5, "many": 30}  # of each class of the asked task
PARTNER_EACH, TEST_EACH = 30, 20
STEPS, RATE, WEIGHT = 400, 2e-3, 1.0
SIZE = 24  # pixels


def gray(data):
    """Images of one channel, half as high and wide, and their labels."""
    blocks = data.images.reshape(len(data), SIZE, 2, SIZE, 2, 3)
    return blocks.mean(axis=(2, 4, 5)).astype("uint8"), data.labels


@functools.lru_cache(1)
def partners(task, seed):
    """What may share the trunk with a task, by name: the other task, people, and the other task's images at random."""
    other = next(name for name in TASKS if name != task)
    characters = gray(glyphs.glyphs(TASKS[other], PARTNER_EACH, 3 * seed))
    first = faces.TEST_PEOPLE[0] + 20 * seed
    people = gray(faces.portraits(range(first, first + 20), PARTNER_EACH, seed))
    noise = np.random.default_rng(seed).permutation(characters[1])
    return {"related": characters, "people": people, "random_labels": (characters[0], noise)}


def paired_batches(asked, partner, steps, seed):
    """Batches of the asked task, each with a batch of its partner."""
    own = continual.batches(*asked, steps, np.random.default_rng(seed))
    others = continual.batches(*partner, steps, np.random.default_rng(seed + 1))
    return ((*mine[:2], *theirs[:2]) for mine, theirs in zip(own, others, strict=True))


def alone(asked, test, seed, steps=STEPS):
    """Test accuracy of a network with one task."""
    model = continual.trunk_and_head((SIZE, SIZE), int(test[1].max()) + 1, seed=seed)
    stream = (batch[:2] for batch in continual.batches(*asked, steps, np.random.default_rng(seed)))
    return continual.accuracy(continual.Trainer(model).train(stream, RATE), *test)


def shared(asked, partner, test, seed):
    """Test accuracy on the asked task of a trunk with two heads."""
    model = continual.trunk_and_head((SIZE, SIZE), int(test[1].max()) + 1, seed=seed)
    other = continual.another_head(model, int(partner[1].max()) + 1, seed)

    def partners_loss(logits, batch):
        theirs = keras.losses.sparse_categorical_crossentropy(batch[3], other(batch[2]), from_logits=True)
        return WEIGHT * keras.ops.mean(theirs)

    trainer = continual.Trainer(model, partners_loss, other.get_layer("other_head").trainable_variables)
    return continual.accuracy(trainer.train(paired_batches(asked, partner, STEPS, seed), RATE), *test)


def arms(task, images_each, seed):
    """Accuracy of every arm of one task."""
    asked = gray(glyphs.glyphs(TASKS[task], images_each, 3 * seed + 1))
    test = gray(glyphs.glyphs(TASKS[task], TEST_EACH, 3 * seed + 2))
    result = {"alone": alone(asked, test, seed), "alone_longer": alone(asked, test, seed, 2 * STEPS)}
    for name, partner in partners(task, seed).items():
        result[name] = shared(asked, partner, test, seed)
    return result


def run(seed):
    """Test accuracy by task, number of images and arm; many images for digits only."""
    result = {"digits": {name: arms("digits", count, seed) for name, count in IMAGES.items()}}
    return result | {"letters": {"few": arms("letters", IMAGES["few"], seed)}}
