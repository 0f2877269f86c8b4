"""Is the most similar teacher a better choice than any of three (C14)? New draws of `transfer_matrix`.

A teacher is chosen by the A-distance between images of its domain and the few labeled images of the target; the
alternative is to take one of the three by chance, which is their mean accuracy.
"""

from tlcourse.datasets import faces
from tlcourse.research import transfer_matrix
from tlcourse.research.teacher_errors import choose_people

NEW_PEOPLE = faces.TEST_PEOPLE[1000:]  # `transfer_matrix` tested on others
TEACHERS = ("faces", "letters", "galaxies")


def run(seed, people=NEW_PEOPLE):
    """By target: the accuracy with the teacher chosen by A-distance, with a teacher by chance, and without a teacher.

    Returns
    -------
    dict
        "chosen", "by_chance", "scratch", "best" and each teacher's accuracy, by target.
    """
    source_models = transfer_matrix.sources(seed)
    measured = {
        name: transfer_matrix.measure_target(*parts, source_models, seed)
        for name, parts in transfer_matrix.targets(seed, choose_people(seed, people)).items()
    }
    return {name: _compared(result) for name, result in measured.items()}


def _compared(result):
    accuracies = {name: result[name]["accuracy"] for name in TEACHERS}
    return {
        "chosen": result["chosen"]["a_distance"],
        "by_chance": sum(accuracies.values()) / len(accuracies),
        "scratch": result["none"]["scratch"],
        "best": result["best"],
        "teachers": accuracies,
    }
