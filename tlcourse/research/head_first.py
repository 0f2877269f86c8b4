"""Fine-tuning the later layers of the teacher, near and far: rates, order, gradual unfreezing (C19, C20, C21)."""

from tlcourse.datasets import digits, faces
from tlcourse.research import cut_layer
from tlcourse.research.fine_tuning_task import FineTuningTask

RATES = (1e-4, 1e-3, 1e-2)
SHARES = ("*/frozen", "*/held_out_people/*", "*/gradual/*", "*/head_first/*", "*/at_once/*")  # values of the record
NEAR_PEOPLE = 20


def tasks(seed):
    """Near: 20 new people, 5 images each. Far: 10 handwritten digits, 10 images each."""
    people = faces.TEST_PEOPLE[65 * seed : 65 * seed + NEAR_PEOPLE]
    near = faces.portraits(people, 5, seed=2 * seed), faces.portraits(people, 20, seed=2 * seed + 1)
    train, test = digits.split(seed)
    return {"near": near, "far": (train, test.take(slice(0, 800)))}


def held_out_sets(seed):
    """Images of 20 more new people, whom no fine-tuning sees: half to fit a linear classifier, half to test it."""
    people = faces.TEST_PEOPLE[65 * seed + NEAR_PEOPLE : 65 * seed + 2 * NEAR_PEOPLE]
    return faces.portraits(people, 10, seed=2 * seed), faces.portraits(people, 10, seed=2 * seed + 1)


def run(seed):
    """By target: accuracy by order and rate, lengths of gradients, and what the features are worth for others."""
    held_out_people = held_out_sets(seed)
    return {target: _one_target(FineTuningTask(*parts, seed), held_out_people) for target, parts in tasks(seed).items()}


def _one_target(task, held_out_people):
    held_out_people = [(task.features(part.images), part.labels) for part in held_out_people]
    task.train_head()
    task.model.set_weights(task.with_head)
    measured = {"frozen": task.accuracy(), "held_out_people": {"teacher": worth(task, held_out_people)}}
    measured["gradual"] = task.gradual(RATES[1:])  # after which all from FIRST on may learn
    measured["gradient"] = {
        "new_head": task.gradient_norm(task.start),
        "trained_head": task.gradient_norm(task.with_head),
    }
    for order, weights in {"head_first": task.with_head, "at_once": task.start}.items():
        measured[order], kept = {}, {}
        for rate in RATES:
            measured[order][f"{rate:g}"] = task.fine_tune(weights, rate)
            kept[f"{rate:g}"] = worth(task, held_out_people)
        measured["held_out_people"][order] = kept
    return measured


def worth(task, held_out_people):
    """Accuracy of a linear classifier on the last hidden layer, for people whom neither teacher nor student knows."""
    (train, train_labels), (test, test_labels) = held_out_people
    train, test = (task.hidden.predict(part, batch_size=256, verbose=0) for part in (train, test))
    return cut_layer.linear_accuracy(train, train_labels, test, test_labels)
