"""How many labeled scenes a teacher of faces saves a detector of faces, and one of white blood cells (C47).

Four arms learn from the same scenes: a head on the frozen teacher; the teacher's block 4 fine-tuned with this head; a
small network from scratch, with scenes moved anew in each round; a head on frozen random weights. The rates 0.001,
0.003 and 0.01 (frozen teacher, random weights, scratch) and 0.0003, 0.001 and 0.003 (fine-tuning) were compared on 20
to 100 scenes of development people, one run each. The numbers of steps do not depend on the number of scenes. They
give the network from scratch about as much processor time as head and block 4 together (6 s on one core; the maps of
all scenes and copies are computed before). A record of its own holds the network from scratch after twice as
many steps, because in a development run with 50 scenes it profited from a longer training. AP at an overlap of 0.5.
"""

import functools
from typing import NamedTuple

import keras
import numpy as np

from tlcourse import teachers
from tlcourse.datasets import faces
from tlcourse.detection import BoxedImages, boxed_cells, boxed_scenes, teacher_maps
from tlcourse.research import detection_arms as arms

COUNTS, LONG_COUNTS, CELL_COUNTS = (10, 20, 50, 100, 200), (200,), (20,)
LONGER = 2
TESTED, CELLS_TESTED, COPIES = 60, 100, 3
RATES = {"frozen": 3e-3, "random": 3e-3, "fine_tuned": 3e-3, "scratch": 3e-3}
STEPS = {"frozen": 150, "random": 150, "fine_tuned": 60, "scratch": 120}


class PreparedScenes(NamedTuple):
    """Labeled scenes, test scenes, and the frozen networks' maps of both, computed once."""

    pool: BoxedImages
    test: BoxedImages
    boxes: list  # of the scenes and then of their copies
    maps: dict  # name of the base to (maps of scenes and copies, maps of the test scenes)


@functools.cache
def teacher():
    """The course's teacher, loaded once in a process."""
    return teachers.load("faces_vgg16")


def prepared(pool, test, seed, names=("teacher", "random")):
    """The maps of all scenes and of moved copies: of block 4, of what block 4 gets, and of random weights."""
    size = pool.images.shape[1]
    images, boxes = arms.several(pool, COPIES, seed)
    maps = {}
    if "teacher" in names:
        lower = teacher_maps(teacher(), "block3_pool", size)
        block = teacher_maps(teacher(), arms.LAYER, size, first="block3_pool")
        maps["lower"] = arms.predictions(lower, images), arms.predictions(lower, test.images)
        maps["teacher"] = tuple(arms.predictions(block, part) for part in maps["lower"])
    if "random" in names:
        base = arms.random_maps(pool.images, seed)
        maps["random"] = arms.predictions(base, images), arms.predictions(base, test.images)
    return PreparedScenes(pool, test, boxes, maps)


def scenes(people, count, seed):
    """Scenes for training and for the test, with other people in each."""
    chosen = people[600 * seed : 600 * seed + 600]
    return boxed_scenes(chosen[:300], count, 2 * seed), boxed_scenes(chosen[300:], TESTED, 2 * seed + 1)


def cell_photos(seed, count):
    """Photos of white blood cells, divided anew for each seed."""
    photos = boxed_cells()
    order = np.random.default_rng(seed).permutation(len(photos))
    return photos.take(order[:count]), photos.take(order[count : count + CELLS_TESTED])


def measured(target, count, seed, rates=None, names=tuple(RATES), longer=1):
    """AP of the arms in `names` after training on the first `count` scenes; "fine_tuned" needs "frozen".

    The steps of all arms are multiplied by `longer`.
    """
    rates, size = RATES | (rates or {}), target.pool.images.shape[1]
    rows = np.concatenate([np.arange(count) + len(target.pool) * copy for copy in range(COPIES + 1)])
    goals = arms.targets([target.boxes[row] for row in rows], size)
    models = {}
    for name in names:
        base = {"frozen": "teacher", "random": "random", "fine_tuned": "lower", "scratch": None}[name]
        keras.utils.set_random_seed(seed)
        rng = np.random.default_rng(seed)
        if base:
            batches = arms.of_arrays(target.maps[base][0][rows], goals, rng)
        else:
            batches = arms.of_scenes(target.pool.take(slice(count)), rng)
        models[name] = new_model(name, target, models)
        arms.fit(models[name], batches, rates[name], longer * STEPS[name])
    inputs = {"frozen": "teacher", "random": "random", "fine_tuned": "lower"}
    return {
        name: arms.score(
            model, target.maps[inputs[name]][1] if name in inputs else target.test.images, target.test.boxes
        )
        for name, model in models.items()
    }


def new_model(name, target, models):
    """The untrained model of an arm; fine-tuning begins with the trained head on the frozen teacher."""
    size = target.pool.images.shape[1]
    if name == "scratch":
        return arms.scratch_network(size)
    if name == "fine_tuned":
        return unfrozen(models["frozen"], target.maps["lower"][0].shape[1:], size)
    return arms.head(target.maps["random" if name == "random" else "teacher"][0].shape[-1])


def unfrozen(head, shape, size):
    """Block 4 of the teacher, with its batch norms frozen, and a copy of a trained head."""
    block = teacher_maps(teacher(), arms.LAYER, size, first="block3_pool")
    for layer in block.layers:
        layer.trainable = not layer.name.endswith("_bn")
    copy = arms.head(head.input_shape[-1])
    copy.set_weights(head.get_weights())
    return keras.Sequential([keras.Input(shape), block, copy])


def by_arm(target, counts, seed):
    """AP by arm and number of scenes."""
    result = {name: {} for name in RATES}
    for count in counts:
        for name, value in measured(target, count, seed).items():
            result[name][str(count)] = value
    return result


def run(seed):
    """AP on drawn scenes by arm and number of labeled scenes."""
    return by_arm(prepared(*scenes(faces.TEST_PEOPLE, COUNTS[-1], seed), seed), COUNTS, seed)


def longer(seed):
    """AP of the network from scratch on the scenes of `run`, after twice as many steps."""
    target = prepared(*scenes(faces.TEST_PEOPLE, COUNTS[-1], seed), seed, ())
    return {
        "scratch": {
            str(count): measured(target, count, seed, names=("scratch",), longer=LONGER)["scratch"]
            for count in LONG_COUNTS
        }
    }


def cells(seed):
    """The same on photos of white blood cells.

    Raises
    ------
    detection.CellsUnavailable
        If the photos are not on this machine.
    """
    return by_arm(prepared(*cell_photos(seed, CELL_COUNTS[-1]), seed), CELL_COUNTS, seed)
