"""The arms of the factorial: each sees the images and labels that it states, equal grids, and the rule that chooses."""

import types

import numpy as np
import pytest
from planned_contrasts import missing_terms
from scipy.special import softmax

from tlcourse.datasets import LabeledImages
from tlcourse.networks import small_student
from tlcourse.research import distillation_factorial as factorial
from tlcourse.research import student_arms, student_training
from tlcourse.research.distillation_methods import PEOPLE, TEMPERATURE

FEW, MANY = 40, 100  # images with labels, and all
RNG = np.random.default_rng(0)
KINDS = ("good", *factorial.KINDS)


class RecordingTrainer:
    """In place of `StudentTrainer`: keeps what it is asked to train."""

    def __init__(self, seed, classes, extra=None, augment=False):
        self.augment, self.objectives = augment, 1 + len(extra(small_student(classes)) if extra else [])
        self.student, self.calls = f"student of {seed}", []

    def train(self, images, targets, steps, rate, temperature=1.0, weights=None, restart=True):
        assert len(targets) == self.objectives
        assert all(len(target) == len(images) for target in targets)
        self.calls.append(types.SimpleNamespace(images=images, targets=targets, steps=steps, rate=rate,
                                                temperature=temperature, weights=weights, restart=restart))  # fmt: skip
        return self.student


@pytest.fixture
def sources():
    """Random images and logits; the maps' values say whose they are."""
    logits = {kind: {"images": RNG.normal(0, 3, (MANY, PEOPLE)).astype("float32")} for kind in KINDS}
    maps = {
        teacher: {"large_maps": RNG.random((MANY, *student_arms.LARGE_MAPS), np.float32),
                  "small_maps": RNG.random((MANY, *student_arms.SMALL_MAPS), np.float32)}
        for teacher in ("real", "random")
    }  # fmt: skip
    return types.SimpleNamespace(
        seed=3, labeled=FEW, images=RNG.integers(0, 256, (MANY, 48, 48, 3), dtype=np.uint8), logits=logits, maps=maps,
        labels=np.arange(MANY) % PEOPLE, glasses_logits={"images": RNG.normal(0, 1, (MANY, 2)).astype("float32")},
    )  # fmt: skip


@pytest.fixture
def students(sources, monkeypatch):
    monkeypatch.setattr(student_arms, "StudentTrainer", RecordingTrainer)
    return student_arms.Students(sources)


def calls(students):
    """What all trainers of some students were asked for."""
    trainers = [part for part in vars(students).values() if isinstance(part, RecordingTrainer)]
    return [call for trainer in trainers for call in trainer.calls]


def test_hard_and_soft_students_learn_the_predictions_of_the_teacher_that_is_named(students, sources):
    for kind in KINDS:
        students.from_hard(MANY, 20, 0.01, teacher=kind)
        students.from_soft(MANY, 20, 0.01, 2.0, teacher=kind)
        hard, soft = calls(students)[-2:]
        predicted = sources.logits[kind]["images"]
        np.testing.assert_allclose(softmax(hard.targets[0], axis=1), np.eye(PEOPLE)[predicted.argmax(1)], atol=1e-6)
        np.testing.assert_array_equal(soft.targets[0], predicted)
        assert (hard.temperature, soft.temperature) == (1.0, 2.0)


@pytest.mark.parametrize("name", factorial.ARMS)
def test_only_the_upper_reference_sees_true_labels_of_the_other_images(name, students, sources):
    arm = factorial.ARMS[name]
    count = {800: MANY, 200: FEW}[arm.images]
    before = sources.labels.copy()
    train = getattr(students, arm.method)
    train(count, 40, 0.01, arm.middle, **arm.options)
    first = calls(students)
    sources.labels = np.concatenate([before[:FEW], (before[FEW:] + 1) % PEOPLE])
    train(count, 40, 0.01, arm.middle, **arm.options)
    second = calls(students)[len(first) :]
    assert len(first) == len(second) == (2 if arm.method == "transfer" else 1)
    equal = [np.array_equal(a, b) for was, now in zip(first, second, strict=True)
             for a, b in zip(was.targets, now.targets, strict=True)]  # fmt: skip
    assert all(equal) == (name != "labels_800")
    assert sum(call.steps for call in first) == 40
    for call in first:
        np.testing.assert_array_equal(call.images, sources.images[:count])


@pytest.mark.parametrize("name", ["labels_200", "smoothing_200", "augmented_200", "augmented_smoothing_200"])
def test_baselines_ask_no_teacher(name, students, sources):
    arm = factorial.ARMS[name]
    del sources.logits
    getattr(students, arm.method)(FEW, 20, 0.01, 0.1 if "smoothing" in name else 0.0, **arm.options)
    (call,) = calls(students)
    share = 0.1 if "smoothing" in name else 0.0
    expected = (1 - share) * np.eye(PEOPLE)[sources.labels[:FEW]] + share / PEOPLE
    np.testing.assert_allclose(softmax(call.targets[0], axis=1), expected, atol=1e-6)
    assert ("augmented" in vars(students)) == ("augmented" in name)


@pytest.mark.parametrize("teacher", ["real", "random"])
@pytest.mark.parametrize(("method", "weights"), [("with_hints", [1, 5, 0, 0]), ("with_attention", [1, 0, 5, 5])])
def test_maps_come_from_the_real_or_the_random_teacher_with_the_same_soft_targets(
    students, sources, method, weights, teacher
):
    getattr(students, method)(MANY, 20, 0.01, 5.0, teacher=teacher)
    (call,) = calls(students)
    assert call.weights == weights
    assert call.temperature == TEMPERATURE
    np.testing.assert_array_equal(call.targets[0], sources.logits["good"]["images"])
    small, large = sources.maps[teacher]["small_maps"], sources.maps[teacher]["large_maps"]
    axes = (0, 1, 2)
    np.testing.assert_allclose(call.targets[1], (small - small.mean(axes)) / (small.std(axes) + 1e-3), atol=1e-4)
    energy = (large**2).sum(-1).reshape(MANY, -1)
    np.testing.assert_allclose(call.targets[2], energy / np.linalg.norm(energy, axis=1, keepdims=True), atol=1e-5)


def test_transfer_learns_maps_first_and_then_labels_without_starting_anew(students):
    students.transfer(FEW, 40, 0.01, 0.3, teacher="random")
    maps, labels = calls(students)
    assert (maps.weights[0], maps.restart, labels.weights, labels.restart) == (0, True, [1, 0.3, 0, 0], False)
    assert maps.steps == labels.steps == 20
    np.testing.assert_array_equal(maps.targets[1], students.maps["random"][0][:FEW])


def test_the_second_task_has_a_weight_and_the_separate_student_learns_nothing_else(students, sources):
    students.two_tasks(MANY, 20, 0.01, 0.3)
    students.only_glasses(MANY, 20, 0.01)
    both, glasses = calls(students)
    assert (both.weights, glasses.weights) == ([1, 0.3], [0, 1])
    np.testing.assert_array_equal(both.targets[1], sources.glasses_logits["images"])


def test_arms_that_are_compared_have_equal_grids():
    for real, control in (("hints_real", "hints_random"), ("attention_real", "attention_random"),
                          ("transfer_real", "transfer_random")):  # fmt: skip
        first, second = factorial.ARMS[real], factorial.ARMS[control]
        assert first._replace(options=None) == second._replace(options=None)
        assert (first.options["teacher"], second.options["teacher"]) == ("real", "random")
    assert factorial.ARMS["soft_800"].middle == TEMPERATURE
    for arm in factorial.ARMS.values():
        assert factorial.LONG in arm.rates_at


def developed(best_rate="0.03", best_value=0):
    """A record of development in which one rate and one place among the values is best."""
    record = {}
    for name, arm in factorial.ARMS.items():
        rates = {f"{rate:g}": {"mean": float(f"{rate:g}" == best_rate)} for rate in factorial.RATES}
        values = {f"{value:g}": {"mean": float(value == arm.values[best_value])} for value in arm.values}
        record[name] = {factorial.SHORT: {"rate": rates, "value": values}, factorial.LONG: {"rate": rates}}
    return record


def teachers_test():
    return {"good": {"test": 0.9}}


def glasses_test():
    return {"test": 0.9, "majority": 0.6}


@pytest.fixture
def measurement(monkeypatch):
    """Trains nothing: returns how often each student was trained."""
    record = developed()
    trained = []

    def measure(measured, name, budget, chosen, **options):
        trained.append((name, budget, chosen, *options.values()))
        return {"test": 0.5, "moved": 0.4, "dark": 0.3, "glasses": 0.8}

    sources = types.SimpleNamespace(
        teacher_accuracy=teachers_test, glasses_accuracy=glasses_test, changed={"moved": None, "dark": None}, maps={}
    )
    monkeypatch.setattr(factorial, "results", lambda name: record)
    monkeypatch.setattr(factorial, "DistillationSources", lambda seed, people: sources)
    monkeypatch.setattr(factorial.Measurement, "trained", measure)
    return trained


def test_the_recipe_is_the_best_of_development(measurement, monkeypatch):
    assert factorial.recipe("soft_800", factorial.LONG) == (0.03, 1.0)
    assert factorial.recipe("labels_200", factorial.SHORT) == (0.03, 0.0)
    record = developed("0.003", -1)
    record["transfer_random"][factorial.LONG]["rate"]["0.003"]["mean"] = 2.0
    monkeypatch.setattr(factorial, "results", lambda name: record)
    assert factorial.recipe("hints_real", factorial.LONG) == (0.003, 25.0)
    assert factorial.highest(("labels_200", "transfer_random"), factorial.LONG) == "transfer_random"


def test_the_primary_arms_and_the_others_are_measured(measurement):
    primary = factorial.run(0)
    assert not missing_terms("distillation_factorial", primary)
    assert {budget for _, budget, *_ in measurement} == {factorial.LONG}
    assert ("soft_800", factorial.LONG, (0.03, TEMPERATURE)) in measurement
    assert {kind for *_, kind in measurement if kind in factorial.KINDS} == set(factorial.KINDS)
    assert primary["factorial"]["800"][factorial.LONG].keys() == {"labels", "hard", "soft", "soft_4"}
    measurement.clear()
    others = factorial.describe(0)
    for images in ("200", "800"):
        assert {"labels", "hard", "soft", "soft_1", "soft_4"} <= others["factorial"][images][factorial.SHORT].keys()
    assert "strongest_baseline" in others["factorial"]["200"][factorial.LONG]


def test_development_tries_every_rate_and_value_on_development_people(measurement, monkeypatch):
    people = []
    sources = factorial.DistillationSources
    monkeypatch.setattr(factorial, "DistillationSources", lambda seed, who: people.append(who) or sources(seed, who))
    measured = factorial.develop(0)
    assert people == [factorial.faces.DEVELOPMENT_PEOPLE]
    for name, arm in factorial.ARMS.items():
        for budget in arm.rates_at:
            assert list(measured[name][budget]["rate"]) == [f"{rate:g}" for rate in factorial.RATES]
            assert ("value" in measured[name][budget]) == (budget == factorial.SHORT and len(arm.values) > 1)
        if len(arm.values) > 1:
            assert [float(value) for value in measured[name][factorial.SHORT]["value"]] == list(arm.values)


def test_a_student_is_trained_once_and_tested_on_every_part(monkeypatch):
    tested = []
    sources = types.SimpleNamespace(test="test", changed={"moved": "moved", "dark": "dark"})
    students = types.SimpleNamespace(from_hard=lambda *arguments, **options: (*arguments, *options.values()))
    monkeypatch.setattr(factorial, "DistillationSources", lambda seed, people: sources)
    monkeypatch.setattr(factorial, "Students", lambda sources: students)
    monkeypatch.setattr(factorial.headline, "accuracy", lambda student, part: tested.append((student, part)) or 0.5)
    measured = factorial.Measurement(0, None)
    recipe = factorial.Recipe(0.01, 0.0)
    for _ in range(2):
        assert measured.trained("hard_800", factorial.SHORT, recipe) == {"test": 0.5, "moved": 0.5, "dark": 0.5}
    assert tested == [((800, 160, 0.01, 0.0), part) for part in ("test", "moved", "dark")]
    measured.trained("hard_800", factorial.SHORT, recipe, teacher="noise")
    assert tested[-1][0] == (800, 160, 0.01, 0.0, "noise")


def test_development_tries_each_arm_for_as_many_steps(monkeypatch):
    trained = []

    def trainer(method):
        return lambda images, steps, *_, **options: trained.append((method, steps))

    methods = {arm.method for arm in factorial.ARMS.values()}
    students = types.SimpleNamespace(glasses_accuracy=lambda: 0.5, **{method: trainer(method) for method in methods})
    sources = types.SimpleNamespace(test="test", changed={})
    monkeypatch.setattr(factorial, "DistillationSources", lambda seed, people: sources)
    monkeypatch.setattr(factorial, "Students", lambda sources: students)
    monkeypatch.setattr(factorial.headline, "accuracy", lambda student, part: 0.5)
    factorial.develop(0)
    long = [method for method, steps in trained if steps == factorial.TRIED_STEPS[factorial.LONG]]
    assert len(long) == 3 * len(factorial.ARMS)
    assert {steps for _, steps in trained} == set(factorial.TRIED_STEPS.values())


@pytest.mark.slow
def test_the_experiment_trains_real_students(sources, monkeypatch):
    """Students of random images, for as few steps as two stages need, with small batches."""
    test = LabeledImages(sources.images[:10], sources.labels[:10], tuple(map(str, range(PEOPLE))), "noise")
    sources.test, sources.changed = test, {"moved": test, "dark": test}
    sources.glasses = np.arange(PEOPLE) % 2
    sources.teacher_accuracy, sources.glasses_accuracy = teachers_test, glasses_test
    monkeypatch.setattr(factorial, "DistillationSources", lambda seed, people: sources)
    monkeypatch.setattr(factorial, "STEPS", {factorial.LONG: 40})
    monkeypatch.setattr(student_training, "BATCH", 5)
    monkeypatch.setattr(factorial, "results", lambda name: developed())
    measured = factorial.run(2**31 - 1)
    students = [*measured["factorial"]["800"][factorial.LONG].values(), *measured["maps"]["hints"].values()]
    assert all(0 <= accuracy <= 1 for accuracy in students)
    assert measured["changed"]["dark"] == {name: measured["factorial"]["800"][factorial.LONG][name]
                                           for name in factorial.TARGETS}  # fmt: skip
    assert not missing_terms("distillation_factorial", measured)
