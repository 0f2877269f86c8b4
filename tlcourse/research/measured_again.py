"""Claims whose contrasts were chosen after their first records, measured again with registered seeds.

The power of each contrast names the effects in its first record (old_head, dataset_bias, label_shift, stopping,
ladders). The functions of this module measure only the arms of the primary contrast, on other samples. For C12 and C31,
the registry runs the first experiment again with other seeds. Registered seeds are large integers, so they sample
people at random instead of taking them from a place in a list.
"""

import keras
import numpy as np

from tlcourse import teachers
from tlcourse.data import results
from tlcourse.datasets import digits, faces
from tlcourse.research import (
    dataset_bias,
    early_stopping,
    old_head,
    rate_ladders,
    registration,
    same_network,
    unbalanced_classes,
)
from tlcourse.research.fine_tuning_task import FineTuningTask
from tlcourse.research.head_first import NEAR_PEOPLE
from tlcourse.research.teacher_errors import NEW_PEOPLE

RATES = {"near": {"single": 1e-3, "ladder_3": 3e-3}, "far": {"single": 3e-3}}  # as in the record ladders_development
HIGHER = (1e-2, 3e-2, 1e-1)  # for the ladder on digits, whose best rate there was the highest that was tried
VARIANTS = ("plain", "augmented")


def run_old_head(seed):
    """Test accuracy on 65 new people of a new head on the last hidden layer, and on the old head's logits (C17)."""
    teacher = teachers.load("faces_vgg16")
    hidden = keras.Model(teacher.input, [teacher.layers[-2].output, teacher.output])
    return old_head.on_new_people(hidden, *same_network.task(seed, same_network.EVALUATION), seed)


def run_stopping(seed):
    """As `early_stopping.run`, only without and with augmentation (C24, C25).

    The seed is divided by the number of augmented copies, because each copy has a seed of its own below 2**32.
    """
    return early_stopping.run(seed // early_stopping.COPIES, VARIANTS)


def develop_ladders(seed):
    """Accuracy of the ladder by its highest rate, on digits that are in no test."""
    task = _ready(rate_ladders.development_tasks(seed)["far"], seed)
    return {"ladder_3": {f"{rate:g}": tuned(task, rate, "ladder_3") for rate in HIGHER}}


def run_ladders(seed):
    """Test accuracy by target of one rate and of a ladder with a factor of 3, each at its chosen rate (C23).

    Raises
    ------
    FileNotFoundError
        If "ladders_again_development" has not been recorded.
    """
    by_rate = results("ladders_again_development")["ladder_3"]
    far = {**RATES["far"], "ladder_3": float(max(by_rate, key=lambda rate: by_rate[rate]["mean"]))}
    return {
        target: {method: tuned(task, rate, method) for method, rate in rates.items()}
        for (target, task), rates in zip(ready_tasks(seed), (RATES["near"], far), strict=True)
    }


def ready_tasks(seed):
    """By target, a task with a trained head, whose people no older record has tested."""
    people = np.random.default_rng(seed).choice(NEW_PEOPLE, NEAR_PEOPLE, replace=False).tolist()
    near = faces.portraits(people, 5, seed=2 * seed), faces.portraits(people, 20, seed=2 * seed + 1)
    train, test = digits.split(seed)
    for target, parts in {"near": near, "far": (train, test.take(slice(0, rate_ladders.TESTED)))}.items():
        yield target, _ready(parts, seed)


def _ready(parts, seed):
    task = FineTuningTask(*parts, seed)
    task.train_head()
    return task


def tuned(task, rate, method):
    """Test accuracy after fine-tuning with one rate or a ladder, from the trained head."""
    return rate_ladders.tune(task, task.with_head, rate_ladders.ladder(rate, rate_ladders.FACTORS[method]))


SETTINGS = {  # keyword arguments of `registry.Experiment`, by record
    "old_head_again": {"run": run_old_head, "seeds": registration.RegisteredSeeds("old_head_again"), "shares": ("*",)},
    "label_shift_again": {
        "run": unbalanced_classes.run,
        "seeds": registration.RegisteredSeeds("label_shift_again"),
        "shares": ("no_shift", "moved/*", "balanced/*"),
    },
    "dataset_bias_again": {
        "run": dataset_bias.run,
        "seeds": registration.RegisteredSeeds("dataset_bias_again"),
        "shares": ("*",),
    },
    "stopping_again": {
        "run": run_stopping,
        "seeds": registration.RegisteredSeeds("stopping_again"),
        "shares": ("*/last", "*/best"),
    },
    "ladders_again_development": {
        "run": develop_ladders,
        "seeds": range(rate_ladders.DEVELOPED),
        "shares": ("*",),
    },
    "ladders_again": {
        "run": run_ladders,
        "seeds": registration.RegisteredSeeds("ladders_again"),
        "shares": ("*",),
        "needs": ("ladders_again_development",),
    },
}
