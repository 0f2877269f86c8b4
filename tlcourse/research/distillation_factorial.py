"""Distillation with controls: targets x images x steps, mistaken teachers, hints, two tasks, transfer (C36 to C43).

Hard targets on 800 images less labels on 200 is what pseudo-labels for 600 more images add; soft less hard on the same
images is what softness adds: `student_arms` states which labels each arm sees. "augmented" is a baseline without a
teacher. It takes longer for as many steps; no arm with a teacher is augmented, as its answers are cached.

Students learn for a short budget of 160 steps, that of the record `distillation`, or for a long one of 1,200. Ten times
the short one would take a seed of `run` from 4.5 processor-minutes to almost 6, too long for 20 seeds.

Each arm takes the rate, and the temperature, smoothing or weight, with the highest mean accuracy in the record
distillation_development. All try the same rates, and three or four values where they have such a parameter; the arms of
a trained teacher and of a random one have the same grid. Rates for the long budget are tried in trainings of half as
many steps, each with its whole schedule. Values are tried in short trainings, and hold for both budgets. Both rules
save time, and they are the same for all arms. `run` measures the arms of the primary contrasts, `describe` the others.

Students of mistaken teachers are taught by the recipes that were chosen with the good one: who distills does not know.
"""

from types import MappingProxyType
from typing import NamedTuple

from tlcourse.data import results
from tlcourse.datasets import faces
from tlcourse.research import headline
from tlcourse.research.distillation_methods import TEMPERATURE
from tlcourse.research.student_arms import Students
from tlcourse.research.teacher_errors import KINDS, NEW_PEOPLE, DistillationSources

SHORT, LONG = "short", "long"  # budgets
BOTH = (SHORT, LONG)
STEPS = {SHORT: 160, LONG: 1200}
TRIED_STEPS = {SHORT: 160, LONG: 600}  # in development
RATES, MIDDLE_RATE = (0.003, 0.01, 0.03), 0.01
TEMPERATURES, SHOWN_TEMPERATURES = (1.0, 2.0, TEMPERATURE, 8.0), (1.0, TEMPERATURE)
SMOOTHING = (0.05, 0.1, 0.3)
HINT, ATTENTION, TRANSFER, SECOND_TASK = (1.0, 5.0, 25.0), (2.0, 10.0, 50.0), (0.3, 1.0, 3.0), (0.1, 0.3, 1.0)
DEVELOPED = 2  # seeds on which rates, temperatures and weights are chosen
DESCRIBED = 10  # seeds of `describe`, the first ones of `run`


class Arm(NamedTuple):
    """How students of an arm are taught, and what development tries.

    Attributes
    ----------
    method : str
        Of `Students`.
    images : int
    values : tuple of float
        Of the arm's own parameter; the one in the middle is taken while rates are tried.
    rates_at : tuple of str
        Budgets at which the arm is measured, so that rates are tried. Values are tried at `SHORT` only.
    options : Mapping
        For the method.
    """

    method: str
    images: int
    values: tuple = (0.0,)
    rates_at: tuple = BOTH
    options: MappingProxyType = MappingProxyType({})

    @property
    def middle(self):
        """The value in the middle."""
        return self.values[len(self.values) // 2]


def _long(method, values, images=800, **options):
    return Arm(method, images, values, (LONG,), options=MappingProxyType(options))


AUGMENTED, REAL, RANDOM = ({"trainer": "augmented"}, {"teacher": "real"}, {"teacher": "random"})
ARMS = {
    "labels_800": Arm("from_labels", 800),
    "labels_200": Arm("from_labels", 200),
    "hard_800": Arm("from_hard", 800),
    "hard_200": Arm("from_hard", 200),
    "soft_800": Arm("from_soft", 800, TEMPERATURES),
    "soft_200": Arm("from_soft", 200, TEMPERATURES),
    "smoothing_200": Arm("from_labels", 200, SMOOTHING),
    "augmented_200": Arm("from_labels", 200, options=MappingProxyType(AUGMENTED)),
    "augmented_smoothing_200": Arm("from_labels", 200, SMOOTHING, options=MappingProxyType(AUGMENTED)),
    "hints_real": _long("with_hints", HINT, **REAL),
    "hints_random": _long("with_hints", HINT, **RANDOM),
    "attention_real": _long("with_attention", ATTENTION, **REAL),
    "attention_random": _long("with_attention", ATTENTION, **RANDOM),
    "two_tasks": _long("two_tasks", SECOND_TASK),
    "glasses": _long("only_glasses", (0.0,)),
    "transfer_real": _long("transfer", TRANSFER, 200, **REAL),
    "transfer_random": _long("transfer", TRANSFER, 200, **RANDOM),
}
TARGETS = ("labels", "hard", "soft")
BASELINES = ("smoothing_200", "augmented_200", "augmented_smoothing_200")  # and "labels_200": without a teacher


class Recipe(NamedTuple):
    """A learning rate, and the value of an arm's own parameter."""

    rate: float
    value: float


def recipe(name, budget):
    """The `Recipe` of an arm for a budget, chosen on development people."""
    record = results("distillation_development")[name]
    value = _best(record[SHORT]["value"]) if len(ARMS[name].values) > 1 else ARMS[name].middle
    return Recipe(_best(record[budget]["rate"]), value)


def highest(names, budget):
    """The arm of these with the highest mean accuracy on development people, each at its best rate."""
    record = results("distillation_development")
    return max(names, key=lambda name: max(entry["mean"] for entry in record[name][budget]["rate"].values()))


def _best(entries):
    return float(max(entries, key=lambda key: entries[key]["mean"]))


class Measurement:
    """Trains and tests the arms of one seed, each combination once.

    Parameters
    ----------
    seed : int
    people : sequence of int
        Of whom 20 are chosen.
    steps : dict of str to int, optional
        Budget to the steps of a training; by default `STEPS`.
    """

    def __init__(self, seed, people, steps=None):
        self.steps = STEPS if steps is None else steps
        self.sources = DistillationSources(seed, people)
        self.students = Students(self.sources)
        self._measured = {}

    def arm(self, name, budget, value=None, **options):
        """Accuracies of an arm by its recipe: "test", "moved", "dark", and for two tasks "glasses".

        Another value than the recipe's or another teacher may be asked for.
        """
        chosen = recipe(name, budget)
        return self.trained(name, budget, chosen if value is None else chosen._replace(value=value), **options)

    def trained(self, name, budget, chosen, **options):
        """The same by a recipe that need not be the arm's."""
        arm, options = ARMS[name], {**ARMS[name].options, **options}
        key = (arm.method, arm.images, budget, chosen, *sorted(options.items()))
        if key not in self._measured:
            student = getattr(self.students, arm.method)(arm.images, self.steps[budget], *chosen, **options)
            parts = {"test": self.sources.test, **self.sources.changed}
            self._measured[key] = {part: headline.accuracy(student, dataset) for part, dataset in parts.items()}
            if name in ("two_tasks", "glasses"):
                self._measured[key]["glasses"] = self.students.glasses_accuracy()
        return self._measured[key]


def run(seed, people=NEW_PEOPLE):
    """Test accuracies of the teachers, and of the arms of the primary contrasts at the budget `LONG`.

    The students in "changed" are tested on images that are moved or darker. "control" in "transfer" is the better of
    "labels" on the same 200 images and "random", on development people.
    """
    measured = Measurement(seed, people)
    both_tasks, glasses = (measured.arm(name, LONG) for name in ("two_tasks", "glasses"))
    of_800 = targets(measured, 800, LONG)
    soft_4 = measured.arm("soft_800", LONG, TEMPERATURE)
    return {
        "teacher": measured.sources.teacher_accuracy(),
        "glasses_teacher": measured.sources.glasses_accuracy(),
        "factorial": {
            "800": {LONG: tested({**of_800, "soft_4": soft_4})},
            "200": {LONG: tested({"labels": measured.arm("labels_200", LONG)})},
        },
        "errors": {LONG: with_errors(measured, LONG)},
        "maps": {
            kind: tested({teacher: measured.arm(f"{kind}_{teacher}", LONG) for teacher in ("real", "random")})
            for kind in ("hints", "attention")
        },
        "tasks": {
            "both": {"people": both_tasks["test"], "glasses": both_tasks["glasses"]},
            "separate": {"glasses": glasses["glasses"]},
        },
        "transfer": tested(transferred(measured)),
        "changed": {
            part: {name: accuracies[part] for name, accuracies in of_800.items()} for part in measured.sources.changed
        },
    }


def describe(seed, people=NEW_PEOPLE):
    """Test accuracies of the other cells, for the first seeds of `run`: what describes, and decides no claim.

    At the budget `SHORT` these are all cells of the factorial; at `LONG` those on 200 images at the chosen
    temperature, and a temperature of 1 on 800.
    """
    measured = Measurement(seed, people)
    return {
        "factorial": {
            "800": {
                SHORT: tested({**targets(measured, 800, SHORT), **softened(measured, 800, SHORT)}),
                LONG: tested(softened(measured, 800, LONG, SHOWN_TEMPERATURES[:1])),
            },
            "200": {
                SHORT: tested(
                    {**targets(measured, 200, SHORT), **softened(measured, 200, SHORT), **baselines(measured, SHORT)}
                ),
                LONG: tested({**targets(measured, 200, LONG, TARGETS[1:]), **baselines(measured, LONG)}),
            },
        },
        "errors": {SHORT: with_errors(measured, SHORT, SHOWN_TEMPERATURES)},
    }


def develop(seed):
    """On people that no test has: accuracy by arm, budget, and rate or value of the arm's own parameter.

    For two tasks it is the mean of both accuracies, for glasses alone that of glasses.
    """
    measured = Measurement(seed, faces.DEVELOPMENT_PEOPLE, TRIED_STEPS)
    accuracies = {name: {budget: {} for budget in BOTH} for name in ARMS}
    for name, arm in ARMS.items():
        for budget in arm.rates_at:
            accuracies[name][budget]["rate"] = {
                f"{rate:g}": _developed(measured, name, budget, Recipe(rate, arm.middle)) for rate in RATES
            }
        if len(arm.values) > 1:
            accuracies[name][SHORT]["value"] = {
                f"{value:g}": _developed(measured, name, SHORT, Recipe(MIDDLE_RATE, value)) for value in arm.values
            }
    return {name: {budget: tried for budget, tried in parts.items() if tried} for name, parts in accuracies.items()}


def _developed(measured, name, budget, chosen):
    accuracies = measured.trained(name, budget, chosen)
    if name == "glasses":
        return accuracies["glasses"]
    return (accuracies["test"] + accuracies["glasses"]) / 2 if name == "two_tasks" else accuracies["test"]


def targets(measured, images, budget, names=TARGETS):
    """True labels, and hard and soft targets at the chosen temperature."""
    return {name: measured.arm(f"{name}_{images}", budget) for name in names}


def softened(measured, images, budget, temperatures=SHOWN_TEMPERATURES):
    """Soft targets at fixed temperatures, "soft_1" and so on."""
    return {f"soft_{value:g}": measured.arm(f"soft_{images}", budget, value) for value in temperatures}


def baselines(measured, budget):
    """What needs no teacher, on 200 images with labels, and the best of it on development people."""
    best = highest((*BASELINES, "labels_200"), budget)
    return {
        **{name.removesuffix("_200"): measured.arm(name, budget) for name in BASELINES},
        "strongest_baseline": measured.arm(best, budget),
    }


def transferred(measured):
    """A trained teacher of other people, a random one, and the control that was better on development people."""
    control = highest(("labels_200", "transfer_random"), LONG)
    arms = {"real": "transfer_real", "random": "transfer_random", "control": control}
    return {name: measured.arm(arm, LONG) for name, arm in arms.items()}


def with_errors(measured, budget, temperatures=()):
    """By kind of the teacher's errors: accuracy of students of hard and soft targets on 800 images."""
    return {
        kind: tested(
            {
                "hard": measured.arm("hard_800", budget, teacher=kind),
                "soft": measured.arm("soft_800", budget, teacher=kind),
                **{f"soft_{value:g}": measured.arm("soft_800", budget, value, teacher=kind) for value in temperatures},
            }
        )
        for kind in KINDS
    }


def tested(measured_arms):
    """The accuracies of several arms on the test images."""
    return {name: accuracies["test"] for name, accuracies in measured_arms.items()}
