"""The arms of the distillation factorial: which images, targets, temperature and weights each student is taught with.

Which labels an arm sees:

- on 200 images, `Students.from_labels` learns their true labels, the others what the teacher predicts for them, who has
  learned these labels;
- on 800 images, `Students.from_hard` and `Students.from_soft` learn what the teacher predicts for all 800.
  `Students.from_labels` learns the true labels of all 800, 600 of which no other arm may use: an upper reference.

All arms have the same first weights and the same order of images. Where hints, attention or a second task are added,
the temperature is 4, and the student to compare with is that of soft targets at 4.
"""

import functools

import keras
import numpy as np

from tlcourse import distillation, networks
from tlcourse.research.distillation_methods import ATTENTION_WEIGHT, PEOPLE, TEMPERATURE, second_output
from tlcourse.research.student_training import StudentTrainer, label_logits

LARGE_MAPS, SMALL_MAPS = (12, 12, 64), (6, 6, 96)  # of the teacher, after blocks 3 and 4


def map_objectives(student, large_maps=None, small_maps=None):
    """Hints of the small maps, attention to the large and to the small ones; without maps, only the outputs count."""
    large_maps = np.zeros((1, *LARGE_MAPS), "float32") if large_maps is None else large_maps
    small_maps = np.zeros((1, *SMALL_MAPS), "float32") if small_maps is None else small_maps
    objectives = [
        distillation.hint(student, "map3", small_maps),
        distillation.attention(student, "map2", large_maps),
        distillation.attention(student, "map3", small_maps),
    ]
    return [objective._replace(loss=keras.losses.MeanSquaredError()) for objective in objectives]


def map_targets(maps):
    """What `map_objectives` asks for, from a teacher's maps by name."""
    objectives = map_objectives(networks.small_student(PEOPLE), maps["large_maps"], maps["small_maps"])
    return [objective.target for objective in objectives]


def glasses_objective(student):
    """Soft targets for a second output, whether somebody wears glasses."""
    return [distillation.Objective(second_output(student), None, distillation.SoftTargets(TEMPERATURE))]


class Students:
    """Trains the students of one seed: each method returns a trained student, which the next training changes.

    Parameters
    ----------
    sources : DistillationSources
    """

    def __init__(self, sources):
        self.sources = sources
        self.maps = {teacher: map_targets(maps) for teacher, maps in sources.maps.items()}

    @functools.cached_property
    def plain(self):
        """A trainer for logits alone."""
        return StudentTrainer(self.sources.seed, PEOPLE)

    @functools.cached_property
    def augmented(self):
        """The same with random variation of the images."""
        return StudentTrainer(self.sources.seed, PEOPLE, augment=True)

    @functools.cached_property
    def with_maps(self):
        """A trainer for logits, hints, and attention to two blocks."""
        return StudentTrainer(self.sources.seed, PEOPLE, map_objectives)

    @functools.cached_property
    def with_glasses(self):
        """A trainer for logits of 20 people and of glasses."""
        return StudentTrainer(self.sources.seed, PEOPLE, glasses_objective)

    def from_labels(self, images, steps, rate, smoothing, trainer="plain"):
        """From the true labels of the first images."""
        targets = label_logits(self.sources.labels[:images], PEOPLE, smoothing)
        return getattr(self, trainer).train(self.sources.images[:images], [targets], steps, rate)

    def from_hard(self, images, steps, rate, value=0.0, teacher="good"):
        """From the classes that a teacher predicts."""
        targets = label_logits(self._logits(images, teacher).argmax(axis=1), PEOPLE)
        return self.plain.train(self.sources.images[:images], [targets], steps, rate)

    def from_soft(self, images, steps, rate, temperature, teacher="good"):
        """From a teacher's class probabilities, softened."""
        targets = self._logits(images, teacher)
        return self.plain.train(self.sources.images[:images], [targets], steps, rate, temperature)

    def with_hints(self, images, steps, rate, weight, teacher):
        """From soft targets of the good teacher and hints of the real one or the random one."""
        return self._from_maps(images, steps, rate, [1.0, weight, 0.0, 0.0], teacher)

    def with_attention(self, images, steps, rate, weight, teacher):
        """From soft targets of the good teacher and attention maps of the real one or the random one."""
        return self._from_maps(images, steps, rate, [1.0, 0.0, weight, weight], teacher)

    def transfer(self, images, steps, rate, weight, teacher):
        """Half the steps from a teacher's maps alone, the other half from its hints and the 200 labels.

        The teacher was trained on people of whom none is among these, and learns nothing about them.
        """
        few = self.sources.labeled
        logits = label_logits(self.sources.labels, PEOPLE)  # of weight 0 at first
        targets = [logits, *self.maps[teacher]]
        first, second = [0.0, weight, ATTENTION_WEIGHT, 0.0], [1.0, weight, 0.0, 0.0]
        for count, weights in ((images, first), (few, second)):
            rows = [target[:count] for target in targets]
            self.with_maps.train(
                self.sources.images[:count], rows, steps // 2, rate, weights=weights, restart=weights is first
            )
        return self.with_maps.student

    def two_tasks(self, images, steps, rate, weight):
        """From soft targets of two teachers, one for people and one for glasses; the second one's loss has a weight."""
        return self._from_two(images, steps, rate, [1.0, weight])

    def only_glasses(self, images, steps, rate, value=0.0):
        """The same network and only the second task: the output for people learns nothing."""
        return self._from_two(images, steps, rate, [0.0, 1.0])

    def glasses_accuracy(self):
        """Of the student that `with_glasses` has trained last."""
        test = self.sources.test
        logits = self.with_glasses.learner.predict(test.images, batch_size=250, verbose=0)[1]
        return float((logits.argmax(axis=1) == self.sources.glasses[test.labels]).mean())

    def _logits(self, images, teacher="good"):
        return self.sources.logits[teacher]["images"][:images]

    def _from_maps(self, images, steps, rate, weights, teacher):
        targets = [self._logits(images), *(target[:images] for target in self.maps[teacher])]
        return self.with_maps.train(self.sources.images[:images], targets, steps, rate, TEMPERATURE, weights)

    def _from_two(self, images, steps, rate, weights):
        targets = [self._logits(images), self.sources.glasses_logits["images"][:images]]
        return self.with_glasses.train(self.sources.images[:images], targets, steps, rate, TEMPERATURE, weights)
