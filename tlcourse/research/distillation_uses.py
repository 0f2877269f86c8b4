"""Two further uses of distillation (C53): many teachers in one student, and anomalies where student and teacher differ.

Ensemble: five networks of the student's own size learn 200 labels, each from its own first weights and with
augmentation. One student learns the mean of their probabilities on 800 images, 600 of them without labels; another one
learns from a single member. All train with augmentation, at the rate that the record distillation_development chose
for it.

Anomalies: a student learns to predict the teacher's standardized features on normal images only. Its squared error on
a new image is the image's score (Bergmann et al. 2020, "Uninformed Students", with one student and whole images). The
baselines are the distance to the nearest normal image, in the teacher's features and in pixels. The control is a
student of an untrained teacher.
"""

import keras
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from tlcourse import networks
from tlcourse.datasets import galaxies
from tlcourse.research import distillation_methods, headline
from tlcourse.research.distillation_factorial import SHORT, recipe
from tlcourse.research.distillation_methods import PEOPLE
from tlcourse.research.student_training import BATCH, STEPS_IN_A_CALL, StudentTrainer, label_logits
from tlcourse.research.teacher_errors import NEW_PEOPLE, DistillationSources, pooled, random_base, teacher_outputs

MEMBERS = 5
STEPS = 600
FEATURE_STEPS = 600
COVERED = slice(18, 30)  # pixels in both directions: a gray square over nose and eyes
ANOMALIES = ("galaxies", "upside_down", "covered")


def run(seed, people=NEW_PEOPLE):
    """Accuracies of members, ensemble and students; areas under the ROC curve of four ways to score anomalies."""
    sources = DistillationSources(seed, people)
    return {"ensemble": ensemble(sources), "anomalies": anomalies(sources)}


def ensemble(sources, members=MEMBERS, steps=STEPS):
    """Test accuracies: the members' mean, their ensemble, and students of the ensemble and of its first member.

    Parameters
    ----------
    sources : DistillationSources
    members, steps : int

    Returns
    -------
    dict of str to float
    """
    logits = [_member(sources, number, steps) for number in range(members)]
    test = [of_member["test"].argmax(axis=1) == sources.test.labels for of_member in logits]
    mean = {part: _mean_log_probability([of_member[part] for of_member in logits]) for part in ("images", "test")}
    trainer = StudentTrainer(sources.seed, PEOPLE, augment=True)
    rate, temperature = recipe("augmented_200", SHORT).rate, recipe("soft_800", SHORT).value
    taught = {"student": mean["images"], "student_of_one": logits[0]["images"]}
    accuracies = {
        name: headline.accuracy(trainer.train(sources.images, [target], steps, rate, temperature), sources.test)
        for name, target in taught.items()
    }
    return {
        "member": float(np.mean(test)),
        "members_together": float((mean["test"].argmax(axis=1) == sources.test.labels).mean()),
        **accuracies,
    }


def _member(sources, number, steps):
    """Logits of one network that learned the 200 labels, by part."""
    trainer = StudentTrainer(sources.seed + 1000 * number, PEOPLE, augment=True)
    few = sources.labeled
    targets = label_logits(sources.labels[:few], PEOPLE)
    network = trainer.train(sources.images[:few], [targets], steps, recipe("augmented_200", SHORT).rate)
    parts = {"images": sources.images, "test": sources.test.images}
    return {part: network.predict(images, batch_size=250, verbose=0) for part, images in parts.items()}


def _mean_log_probability(logits):
    """The logarithm of the mean of the members' probabilities: logits of the ensemble, shape (n, classes)."""
    probabilities = np.mean([keras.ops.convert_to_numpy(keras.ops.softmax(part)) for part in logits], axis=0)
    return np.log(np.maximum(probabilities, 1e-12)).astype("float32")


def anomalies(sources, steps=FEATURE_STEPS):
    """By kind of anomaly and by score: the area under the ROC curve, 0.5 for a score that knows nothing.

    Normal test images are those of the same 20 people. `steps` are those of the students of features.
    """
    images = {"normal": sources.test.images, **strange_images(sources.test.images, sources.seed)}
    scores = {
        "student": _student_scores(sources.seed, sources.images, images, _base_features("real", sources), steps),
        "student_of_untrained": _student_scores(
            sources.seed, sources.images, images, _base_features("random", sources), steps
        ),
        "nearest_features": _nearest_scores(sources.images, images, _base_features("real", sources)),
        "nearest_pixels": _nearest_scores(sources.images, images, lambda part: part.reshape(len(part), -1)),
    }
    return {
        kind: {name: _area(of_score["normal"], of_score[kind]) for name, of_score in scores.items()}
        for kind in ANOMALIES
    }


def strange_images(images, seed):
    """Images that are not normal, by kind: galaxies, upside-down portraits, portraits with a gray square.

    Parameters
    ----------
    images : numpy.ndarray
        Portraits, shape (n, 48, 48, 3).
    seed : int
        Of the galaxies.

    Returns
    -------
    dict of str to numpy.ndarray
        Each of shape (m, 48, 48, 3); m is n for portraits.
    """
    covered = images.copy()
    covered[:, COVERED, COVERED] = images.mean()
    others = galaxies.observe(len(images) // 4, seed).images
    return {"galaxies": others, "upside_down": images[:, ::-1], "covered": covered}


def _base_features(kind, sources):
    """A function from images to features of the teacher or of its untrained twin: shape (n, 864)."""
    network = distillation_methods.base() if kind == "real" else random_base(sources.seed, sources.images)
    return lambda images: pooled(teacher_outputs(network, images)["small_maps"])


def _student_scores(seed, train, parts, features_of, steps):
    """Mean squared error of a student that learned the features of `train`, by part; each of shape (n,)."""
    normal = features_of(train)
    mean, spread = normal.mean(axis=0), normal.std(axis=0) + 1e-3
    student = _student_of_features(seed, train, (normal - mean) / spread, steps)
    scores = {}
    for name, images in parts.items():
        target = (features_of(images) - mean) / spread
        scores[name] = ((student.predict(images, batch_size=250, verbose=0) - target) ** 2).mean(axis=1)
    return scores


def _student_of_features(seed, images, targets, steps):
    keras.utils.set_random_seed(seed)
    student = networks.small_student(targets.shape[1])
    rate = keras.optimizers.schedules.CosineDecay(0.003, steps)
    networks.compile_and_build(student, keras.optimizers.Adam(rate), "mse", steps_per_execution=STEPS_IN_A_CALL)
    epochs = steps * BATCH // len(images)
    student.fit(images, targets, batch_size=BATCH, epochs=epochs, verbose=0)
    networks.refresh_batch_norm(student, images)
    return student


def _nearest_scores(train, parts, features_of):
    """Distance to the nearest image of `train` in standardized features, by part; each of shape (n,)."""
    normal = features_of(train)
    mean, spread = normal.mean(axis=0), normal.std(axis=0) + 1e-3
    nearest = NearestNeighbors(n_neighbors=1).fit((normal - mean) / spread)
    return {name: nearest.kneighbors((features_of(part) - mean) / spread)[0][:, 0] for name, part in parts.items()}


def _area(normal, strange):
    truth = np.repeat([0, 1], [len(normal), len(strange)])
    return float(roc_auc_score(truth, np.concatenate([normal, strange])))
