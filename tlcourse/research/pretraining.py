"""Pre-train the course's teachers of faces: narrow VGG-16 on synthetic people, as VGG-Face was on real ones.

Parkhi, Vedaldi & Zisserman, Deep Face Recognition, BMVC 2015: 2,622 people, 16 weight layers. The shipped teacher
learns all 2,622 people. Three others share the architecture, the optimizer and the schedule. Each learns another third
of these people, from fewer portraits and in fewer epochs: they are teachers with less data, for `other_teachers`.
"""

import shutil
import time
from importlib.metadata import version
from pathlib import Path

import click
import joblib
import keras
import numpy as np

from tlcourse import storage
from tlcourse.datasets import faces
from tlcourse.networks import narrow_vgg16, refresh_batch_norm
from tlcourse.research import cached_teachers, teacher_files, text_pretraining

SHIPPED = "faces_vgg16"
RECIPE = {
    "people": len(faces.TEACHER_PEOPLE),
    "batch_size": 128,
    "optimizer": "Adam, cosine decay to 0 in each round",
    "seed": 0,
    "rounds": [{"images_each": 100, "images_seed": 1_000, "epochs": 8, "learning_rate": 2e-3}],
}
THIRD = len(faces.TEACHER_PEOPLE) // len(cached_teachers.NAMES)


def _recipe_of_third(number):
    """The recipe of a teacher of the first (0), second or last third of the people."""
    part = {"images_each": 60, "images_seed": 1_011 + number, "epochs": 6, "learning_rate": 2e-3}
    return {**RECIPE, "people": THIRD, "first_person": number * THIRD, "seed": number + 1, "rounds": [part]}


RECIPES = {SHIPPED: RECIPE, **{name: _recipe_of_third(number) for number, name in enumerate(cached_teachers.NAMES)}}
HELD_OUT_IMAGES = 1_001  # a seed of `faces.portraits`


def people_of(recipe):
    """The people that a teacher learns: so many from the first one on, or all of the teacher's people."""
    first = recipe.get("first_person", 0)
    return faces.TEACHER_PEOPLE[first : first + recipe["people"]]


def draw_people(images_each, seed, workers=-1, people=None):
    """Portraits of all the teacher's people, drawn by several processes (-1: one for each processor).

    Parameters
    ----------
    images_each, seed, workers : int
    people : sequence of int, optional
        `faces.TEACHER_PEOPLE` unless given.

    Returns
    -------
    tuple of numpy.ndarray
        Images, person by person, and labels.
    """
    people = faces.TEACHER_PEOPLE if people is None else people
    parts = np.array_split(np.array(people), min(64, len(people)))
    draw = joblib.delayed(faces.portraits)
    drawn = joblib.Parallel(workers)(draw(part.tolist(), images_each, seed) for part in parts)
    images = np.concatenate([part.images for part in drawn])
    return images, np.repeat(np.arange(len(people)), images_each)


def train(working_folder, recipe=RECIPE, name=SHIPPED):
    """Train a teacher; an interrupted training goes on from its last finished epoch.

    Parameters
    ----------
    working_folder : pathlib.Path
        For the state of an unfinished training.
    recipe : dict
        See `RECIPE`.
    name : str
        Of the files in this folder.

    Returns
    -------
    tuple
        The trained keras.Model, and a dictionary of what was measured.
    """
    start = time.perf_counter()
    keras.utils.set_random_seed(recipe["seed"])
    model = narrow_vgg16(recipe["people"])
    for number, part in enumerate(recipe["rounds"], start=1):
        finished = Path(working_folder) / f"{name}_round{number}.weights.h5"
        if not finished.is_file():
            _train_round(model, part, recipe, Path(working_folder) / f"{name}_round{number}")
            model.save_weights(finished)
        model.load_weights(finished)
    held_out, held_out_labels = draw_people(5, HELD_OUT_IMAGES, people=people_of(recipe))
    predicted = model.predict(held_out, batch_size=256, verbose=0).argmax(axis=1)
    measured = {
        "held_out_accuracy": round(float((predicted == held_out_labels).mean()), 4),
        "held_out_images": len(held_out),
        "last_run_minutes": round((time.perf_counter() - start) / 60, 1),
    }
    return model, measured


def _train_round(model, part, recipe, state_folder):
    """One round on images of its own; its state is kept after each epoch."""
    images, labels = draw_people(part["images_each"], part["images_seed"], people=people_of(recipe))
    batch_size = recipe["batch_size"]
    steps = part["epochs"] * -(-len(images) // batch_size)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(part["learning_rate"], steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    resume = keras.callbacks.BackupAndRestore(state_folder)
    model.fit(images, labels, batch_size=batch_size, epochs=part["epochs"], callbacks=[resume], verbose=2)
    refresh_batch_norm(model, images[:: max(1, len(images) // 4096)])


def main(names=()):
    """Train, measure and keep teachers, all of `RECIPES` and the one of text, or those of these names.

    The shipped teachers go to data/teachers, the others to the user's cache folder; each has its card beside it. The
    state of an unfinished training is in the cache folder, too. It is removed once the teacher is kept.

    Raises
    ------
    ValueError
        For a name that no teacher has.
    """
    everything = (*RECIPES, text_pretraining.NAME)
    if unknown := sorted(set(names) - set(everything)):
        raise ValueError(f"no teacher of `make teachers` is called {unknown[0]!r}; there are {', '.join(everything)}")
    for name in names or everything:
        if name == text_pretraining.NAME:
            text_pretraining.main()
            continue
        recipe, working_folder = RECIPES[name], storage.cache_folder() / "pretrain" / name
        (part,) = recipe["rounds"]
        click.echo(
            f"{name}: {recipe['people']:,} people, {part['images_each']} portraits each, {part['epochs']} epochs"
        )
        model, measured = train(working_folder, recipe, name)
        folder = None if name == SHIPPED else cached_teachers.folder()
        card = teacher_files.save_shipped(model, name, model_card(measured, recipe, name), folder)
        shutil.rmtree(working_folder)
        click.echo(f"{name}: {card['bytes']:,} bytes, {measured['held_out_accuracy']:.4f} on held-out images")


def model_card(measured, recipe=RECIPE, name=SHIPPED):
    """What a user of the teacher should know: data, recipe, what was measured, limits, license."""
    portraits_each = sum(part["images_each"] for part in recipe["rounds"])
    return {
        "trained_on": f"{recipe['people']:,} people who do not exist, {portraits_each} portraits each, "
        "drawn by tlcourse.datasets.faces; nobody real",
        "recipe": {**recipe, "command": f"make teachers NAMES={name}"},
        "measured": measured,
        "versions": {package: version(package) for package in ("keras", "tensorflow", "numpy")},
        "not_good_for": "real faces, and anything that decides about people; photographs in general",
        "license": "MIT",
    }
