"""Pre-train the course's own teacher: narrow VGG-16 on 2,622 synthetic people, as VGG-Face was on real ones.

Parkhi, Vedaldi & Zisserman, Deep Face Recognition, BMVC 2015: 2,622 people, 16 weight layers.
"""

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
from tlcourse.research import teacher_files

RECIPE = {
    "people": len(faces.TEACHER_PEOPLE),
    "batch_size": 128,
    "optimizer": "Adam, cosine decay to 0 in each round",
    "seed": 0,
    "rounds": [{"images_each": 100, "images_seed": 1_000, "epochs": 8, "learning_rate": 2e-3}],
}
HELD_OUT_IMAGES = 1_001  # a seed of `faces.portraits`


def draw_people(images_each, seed, workers=-1):
    """Portraits of all the teacher's people, drawn by several processes (-1: one for each processor).

    Returns
    -------
    tuple of numpy.ndarray
        Images, person by person, and labels.
    """
    parts = np.array_split(np.array(faces.TEACHER_PEOPLE), min(64, len(faces.TEACHER_PEOPLE)))
    draw = joblib.delayed(faces.portraits)
    drawn = joblib.Parallel(workers)(draw(part.tolist(), images_each, seed) for part in parts)
    images = np.concatenate([part.images for part in drawn])
    return images, np.repeat(np.arange(len(faces.TEACHER_PEOPLE)), images_each)


def train(working_folder, recipe=RECIPE):
    """Train the teacher; an interrupted training goes on from its last finished epoch.

    Parameters
    ----------
    working_folder : pathlib.Path
        For the state of an unfinished training.
    recipe : dict
        See `RECIPE`.

    Returns
    -------
    tuple
        The trained keras.Model, and a dictionary of what was measured.
    """
    start = time.perf_counter()
    keras.utils.set_random_seed(recipe["seed"])
    model = narrow_vgg16(recipe["people"])
    for number, part in enumerate(recipe["rounds"], start=1):
        finished = Path(working_folder) / f"faces_vgg16_round{number}.weights.h5"
        if not finished.is_file():
            _train_round(model, part, recipe["batch_size"], Path(working_folder) / f"faces_vgg16_round{number}")
            model.save_weights(finished)
        model.load_weights(finished)
    held_out, held_out_labels = draw_people(5, HELD_OUT_IMAGES)
    predicted = model.predict(held_out, batch_size=256, verbose=0).argmax(axis=1)
    measured = {
        "held_out_accuracy": round(float((predicted == held_out_labels).mean()), 4),
        "held_out_images": len(held_out),
        "last_run_minutes": round((time.perf_counter() - start) / 60, 1),
    }
    return model, measured


def _train_round(model, part, batch_size, state_folder):
    """One round on images of its own; its state is kept after each epoch."""
    images, labels = draw_people(part["images_each"], part["images_seed"])
    steps = part["epochs"] * -(-len(images) // batch_size)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(part["learning_rate"], steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    resume = keras.callbacks.BackupAndRestore(state_folder)
    model.fit(images, labels, batch_size=batch_size, epochs=part["epochs"], callbacks=[resume], verbose=2)
    refresh_batch_norm(model, images[:: max(1, len(images) // 4096)])


def main():
    """Train, measure and ship the teacher: data/teachers/faces_vgg16.npz and its model card."""
    model, measured = train(storage.cache_folder() / "pretrain")
    card = teacher_files.save_shipped(model, "faces_vgg16", model_card(measured))
    click.echo(f"faces_vgg16: {card['bytes']:,} bytes, {measured['held_out_accuracy']:.4f} on held-out images")


def model_card(measured, recipe=RECIPE):
    """What a user of the teacher should know: data, recipe, what was measured, limits, license."""
    portraits_each = sum(part["images_each"] for part in recipe["rounds"])
    return {
        "trained_on": f"{recipe['people']:,} people who do not exist, {portraits_each} portraits each, "
        "drawn by tlcourse.datasets.faces; nobody real",
        "recipe": {**recipe, "command": "make teachers"},
        "measured": measured,
        "versions": {package: version(package) for package in ("keras", "tensorflow", "numpy")},
        "not_good_for": "real faces, and anything that decides about people; photographs in general",
        "license": "MIT",
    }
