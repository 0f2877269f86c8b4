"""Whether the teacher's old head helps (C17): for people whom it knows, and for people whom it does not.

Beside it the control that shows what the *learned* weights are worth: the same layers with random weights.
"""

import keras
import numpy as np

from tlcourse import teachers
from tlcourse.datasets import faces
from tlcourse.networks import narrow_vgg16
from tlcourse.research import headline

PEOPLE = headline.PEOPLE
TRAINING_IMAGES, TEST_IMAGES = 3_000, 3_001  # seeds of `faces.portraits`; the teacher was trained on others


def known_people(seed):
    """65 people whom the teacher knows, in images that it has never seen: (identities, train, test)."""
    people = np.random.default_rng([seed, 17]).choice(faces.TEACHER_PEOPLE, PEOPLE, replace=False).tolist()
    train = faces.portraits(people, 10, TRAINING_IMAGES + 10 * seed)
    return people, train, faces.portraits(people, 20, TEST_IMAGES + 10 * seed)


def run(seed):
    """Test accuracy by target ("known", "new") and by what is done with the old head.

    ``accuracies``: the old head among its 2,622 answers, the same with only the 65 columns that can occur, and a new
    head trained on ten images each. ``new``: a new head on the last hidden layer, on the old head's logits, on
    its probabilities, and on the features of the same layers with random weights.
    """
    teacher = teachers.load("faces_vgg16")
    hidden = keras.Model(teacher.input, [teacher.layers[-2].output, teacher.output])
    people, train, test = known_people(seed)
    (train_features, _), (test_features, logits) = (_predict(hidden, part) for part in (train, test))
    accuracies = {
        "old_head": float((logits.argmax(axis=1) == np.asarray(people)[test.labels]).mean()),
        "kept_columns": float((logits[:, people].argmax(axis=1) == test.labels).mean()),
        "new_head": _with_new_head((train_features, test_features), train, test, seed),
    }
    train, test = faces.headline(seed)
    logits = [_predict(hidden, part)[1] for part in (train, test)]
    probabilities = [np.asarray(keras.ops.softmax(each)) for each in logits]
    new = {
        **on_new_people(hidden, train, test, seed),
        "probabilities": _with_new_head(probabilities, train, test, seed),
        "random_features": _with_new_head(_random_features(train, test, seed), train, test, seed),
    }
    return {"known": accuracies, "new": new}


def on_new_people(hidden, train, test, seed):
    """Test accuracy of a new head on "features" and on "logits", the two outputs of the model `hidden`."""
    (train_features, train_logits), (test_features, test_logits) = (_predict(hidden, part) for part in (train, test))
    return {
        "features": _with_new_head((train_features, test_features), train, test, seed),
        "logits": _with_new_head((train_logits, test_logits), train, test, seed),
    }


def _predict(model, part):
    return model.predict(part.images, batch_size=256, verbose=0)


def _with_new_head(vectors, train, test, seed):
    head = headline.train_head(vectors[0], train.labels, PEOPLE, seed)
    return float((head.predict(vectors[1], batch_size=256, verbose=0).argmax(axis=1) == test.labels).mean())


def _random_features(train, test, seed):
    """The last hidden layer of the same network before any training (`train_head` brings it to a common scale)."""
    keras.utils.set_random_seed(seed)
    stranger = narrow_vgg16(PEOPLE)
    base = keras.Model(stranger.input, stranger.layers[-2].output)
    return [_predict(base, part) for part in (train, test)]
