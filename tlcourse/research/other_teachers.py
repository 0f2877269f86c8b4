"""Other teachers: the main contrasts of frozen features, fine-tuning and distillation with four teachers of faces.

The record shows each teacher separately. "shipped" is faces_vgg16: 2,622 people, 100 portraits each, 8 epochs. "first",
"second" and "third" learned a third of these people each, 60 portraits each, 6 epochs. So they share no person with one
another, and have had a seventh of the images that the shipped teacher has seen. Four teachers are fixed effects: an
interval over seeds holds for one teacher, and the spread of the four means is no estimate for teachers in general.

In a seed, all teachers have the same images, the same untrained networks, the same first weights of heads and students,
and the same batches. Nothing is chosen here:

- *Frozen features* (C07, C08, C16): the layers that `layer_controls_development` chose with the shipped teacher, on the
  tasks of `layer_controls`. An untrained network's layer is the mean of three networks.
- *Fine-tuning* (C19, C21): digits, 10 images of each class, the long arms of `unfreezing` at its middle rate.
- *Distillation* (C36): 800 images of 20 people, the budget and recipe of `distillation_methods`.
"""

import keras
import numpy as np

from tlcourse import teachers
from tlcourse.research import (
    cached_teachers,
    control_targets,
    cut_layer,
    distillation_methods,
    headline,
    layer_controls,
    teacher_errors,
    unfreezing,
    unfreezing_targets,
)
from tlcourse.research.partial_training import PartialTraining
from tlcourse.research.student_training import StudentTrainer, label_logits

OTHERS = dict(zip(("first", "second", "third"), cached_teachers.NAMES, strict=True))
EARLY, LATE = "block2_conv2", "fc2"  # the 4th of 16 weight layers, and the last but one
TEACHER_CUTS = {
    "faces": (EARLY, LATE),
    "digits": (EARLY, LATE),
    "omniglot": (EARLY, "block4_conv1", LATE),
    "greek": (EARLY, "block4_conv1", LATE),
    "galaxies": (EARLY, "block1_conv1", LATE),
}
UNTRAINED_CUTS = {
    "digits": (EARLY, "block3_conv2"),
    "omniglot": (EARLY, "block3_conv2"),
    "greek": (EARLY, "block3_conv1"),
    "galaxies": (EARLY, "block2_conv1"),
}
IMAGES_EACH, STEPS, RATE = 10, unfreezing.LONG_STEPS[100], unfreezing_targets.FACES.rates[1]
ARMS = {
    "head only": "head_only",
    "block 4 on": "later_layers",
    "block 4 on, longer": "later_layers_longer",
    "gradual, longer": "gradual_longer",
}  # of `unfreezing.stages`, and their names in the record


def load_teachers():
    """The four teachers with their heads, by their names in the record.

    Raises
    ------
    TeacherUnavailable
        With the command that trains those that are missing.
    """
    cached_teachers.require(cached_teachers.NAMES)
    loaded = {key: cached_teachers.load(name) for key, name in OTHERS.items()}
    return {**loaded, "shipped": teachers.load("faces_vgg16")}


def run(seed):
    """By teacher: accuracies of frozen features, of fine-tuning and of distillation; and of untrained networks.

    Raises
    ------
    TeacherUnavailable
        If one of the other teachers has not been trained here.
    omniglot.OmniglotUnavailable
        If Omniglot is neither on a mirror nor to be downloaded.
    """
    models = load_teachers()
    features, controls = frozen_features(models, control_targets.tasks(seed), seed)
    tuned = fine_tuned(models, unfreezing_targets.handwriting(seed), seed)
    distilled = distill(models, seed)
    by_teacher = {
        name: {"features": features[name], "fine_tuning": tuned[name], "distillation": distilled[name]}
        for name in models
    }
    return {**by_teacher, **controls}


def frozen_features(models, tasks, seed):
    """Linear accuracy at the chosen layers.

    Parameters
    ----------
    models : dict of str to keras.Model
        Teachers with their heads.
    tasks : dict of str to tuple of LabeledImages
        Name to (train, test), as `control_targets.tasks` returns it.
    seed : int
        Of the untrained networks.

    Returns
    -------
    tuple of dict
        By teacher, task and layer; and "untrained" by task and layer with "pixels" by task.
    """
    untrained = layer_controls.untrained_networks(seed)
    by_teacher = {
        name: {task: _by_layer(model, cuts, *tasks[task]) for task, cuts in TEACHER_CUTS.items()}
        for name, model in models.items()
    }
    controls = {
        task: _means([_by_layer(network, cuts, *tasks[task]) for network in untrained])
        for task, cuts in UNTRAINED_CUTS.items()
    }
    return by_teacher, {"untrained": controls, "pixels": {"faces": _pixels(*tasks["faces"])}}


def _by_layer(model, layers, train, test):
    """Layer to the linear accuracy on its features."""
    names, extractor = cut_layer.layer_outputs(model)
    chosen = keras.Model(extractor.input, [extractor.outputs[names.index(layer)] for layer in layers])
    features = [chosen.predict(part.images, batch_size=128, verbose=0) for part in (train, test)]
    return {
        layer: layer_controls.linear_accuracy(learned, train.labels, tested, test.labels)
        for layer, learned, tested in zip(layers, *features, strict=True)
    }


def _means(runs):
    return {key: float(np.mean([run[key] for run in runs])) for key in runs[0]}


def _pixels(train, test):
    flat = [part.images.reshape(len(part), -1) / 255 for part in (train, test)]
    return layer_controls.linear_accuracy(flat[0], train.labels, flat[1], test.labels)


def without_head(model):
    """A teacher that gives the output of its second dense layer, as ``teachers.load(name, head=False)`` does."""
    return keras.Model(model.input, model.get_layer(f"{LATE}_relu").output)


def fine_tuned(models, target, seed):
    """Test accuracy by teacher and arm.

    Parameters
    ----------
    models : dict of str to keras.Model
        Teachers with their heads.
    target : unfreezing_targets.Target
    seed : int
        Of the new head and of the order of the images.
    """
    network, bases = target.network, {name: without_head(model) for name, model in models.items()}
    arms = [(parts, ends) for parts, ends in unfreezing.stages(network, STEPS).values() if ARMS.keys() & dict(ends)]
    cuts = dict.fromkeys(cut for parts, _ in arms for cut, _ in parts)
    copy = keras.models.clone_model(next(iter(bases.values())))  # it learns, and no teacher may change
    student = PartialTraining(copy, len(target.train.class_names), cuts, seed)
    new_head, measured = student.start[-2:], {}
    for name, base in bases.items():  # one student for all, so that its steps are traced once
        student.start = [*base.get_weights(), *new_head]
        student.use(target.train.images, target.train.labels, target.test.images, target.test.labels)
        student.choose(unfreezing_targets.ranks(target.train.labels) < IMAGES_EACH)
        measured[name] = {}
        for parts, ends in arms:
            accuracies = student.fine_tune(parts, RATE)
            measured[name] |= {ARMS[arm]: accuracies[stage] for arm, stage in ends if arm in ARMS}
    return measured


def distill(models, seed):
    """By teacher: accuracy of its new head, and of students of its "hard" classes and of its "soft" probabilities.

    The head learns the first 200 images with their labels. The students see these and 600 more images without labels.
    """
    people = teacher_errors.choose_people(seed, teacher_errors.NEW_PEOPLE)
    labeled, unlabeled, test = teacher_errors.split_images(seed, people)
    images = np.concatenate([labeled.images, unlabeled.images])
    trainer = StudentTrainer(seed, distillation_methods.PEOPLE)
    measured = {}
    for name, model in models.items():
        base = without_head(model)
        features, tested = (base.predict(part, batch_size=100, verbose=0) for part in (images, test.images))
        head = headline.train_head(features[: len(labeled)], labeled.labels, distillation_methods.PEOPLE, seed)
        logits, predicted = (head.predict(part, verbose=0) for part in (features, tested))
        measured[name] = {"teacher": float((predicted.argmax(axis=1) == test.labels).mean())}
        hard = label_logits(logits.argmax(axis=1), distillation_methods.PEOPLE)
        for kind, targets, temperature in (("hard", hard, 1.0), ("soft", logits, distillation_methods.TEMPERATURE)):
            student = trainer.train(
                images, [targets], distillation_methods.STEPS, distillation_methods.LEARNING_RATE, temperature
            )
            measured[name][kind] = headline.accuracy(student, test)
    return measured
