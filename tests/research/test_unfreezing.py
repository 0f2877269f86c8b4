"""The experiment on unfreezing: what is frozen stays so, all arms are equally long, and see the same images."""

import itertools

import keras
import numpy as np
import pytest
from planned_contrasts import missing_terms

from tlcourse import finetuning
from tlcourse.datasets import LabeledImages, photos
from tlcourse.networks import narrow_vgg16
from tlcourse.research import partial_training, unfreezing, unfreezing_targets
from tlcourse.research.fine_tuning_task import BATCH

NETWORKS = {"faces": unfreezing_targets.FACES, "photos": unfreezing_targets.PHOTOS}
MINI = unfreezing_targets.Network(  # cuts of `mini_base`
    "none",
    {"head only": "", "top": "middle", "middle on": "flatten", "low on": "first_bn", "everything": "rescale"},
    gradual=("top", "middle on", "low on"),
    rates=(1e-2,),
    untrained=True,
)
MINI_ARMS = {*MINI.cuts, "gradual", "gradual, longer", "low on, longer"}


def noise(images, classes, seed=0, size=16):
    """Images of noise, the classes in turn."""
    values = np.random.default_rng(seed).integers(0, 256, (images, size, size, 3), dtype=np.uint8)
    return LabeledImages(values, np.arange(images) % classes, tuple(map(str, range(classes))), "noise")


def mini_base(*_):
    """A network with a layer to cut at for each arm, and hardly any weights."""
    keras.utils.set_random_seed(3)
    layers = keras.layers
    image = keras.Input((16, 16, 3))
    maps = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(image)
    maps = layers.Conv2D(4, 4, strides=4, name="first")(maps)
    maps = layers.BatchNormalization(name="first_bn")(maps)
    maps = layers.Conv2D(4, 2, strides=2, activation="relu", name="low")(maps)
    vectors = layers.Flatten(name="flatten")(maps)
    vectors = layers.Dense(8, activation="relu", name="middle")(vectors)
    return keras.Model(image, layers.Dense(8, activation="relu", name="top")(vectors))


def mini_target(seed, development=False):
    return unfreezing_targets.Target(noise(9, 3, seed), noise(10, 3, seed + 1), MINI, mirror=False)


@pytest.mark.parametrize("name", NETWORKS)
def test_each_arm_cuts_its_network_in_two_and_learns_more_than_the_arm_before(name):
    if name == "faces":
        network = narrow_vgg16(3)
        base = keras.Model(network.input, network.get_layer("fc2_relu").output)
    else:
        base = keras.applications.MobileNetV2((96, 96, 3), weights=None, include_top=False, pooling="avg")
    model = keras.Model(base.input, keras.layers.Dense(3)(base.output))
    cuts = [cut or base.layers[-1].name for cut in NETWORKS[name].cuts.values()]
    learned = [finetuning.split(model, cut)[1].count_params() for cut in cuts]
    assert learned == sorted(set(learned))
    assert list(NETWORKS[name].cuts)[1:4] == list(NETWORKS[name].gradual)


def test_a_longer_training_begins_with_the_batches_of_a_shorter_one():
    order = partial_training.batch_order(30, 9, seed=4)
    assert len(order) == 9 * BATCH
    assert np.array_equal(order[: 4 * BATCH], partial_training.batch_order(30, 4, seed=4))
    assert not np.array_equal(order, partial_training.batch_order(30, 9, seed=5))
    assert all(sorted(one_pass) == list(range(30)) for one_pass in order.reshape(-1, 30))
    assert not np.array_equal(order[:30], order[30:60]), "each pass has an order of its own"


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("steps", unfreezing.STEPS.values())
def test_all_arms_take_as_many_steps_and_the_longer_ones_as_many_for_each_block(network, steps):
    totals, learned = {}, {}
    order = list(network.cuts.values())
    for parts, names in unfreezing.stages(network, steps).values():
        for name, stage in names:
            passed = parts[: stage + 1]
            totals[name] = sum(part_steps for _, part_steps in passed)
            learned[name] = [sum(n for cut, n in passed if order.index(cut) >= depth) for depth in range(len(order))]
    low = network.gradual[-1]
    longer = {f"{low}, longer", "gradual, longer"}
    assert totals == {name: 5 * steps // 3 if name in longer else steps for name in (*network.cuts, "gradual", *longer)}
    depth = list(network.cuts).index(low)
    assert min(learned["gradual, longer"][: depth + 1]) == steps, "each block learns as long as in the other arms"
    assert min(learned["gradual"][: depth + 1]) == steps // 3
    assert learned[low] == [steps] * (depth + 1) + [0] * (len(order) - depth - 1)


@pytest.fixture
def small_targets(monkeypatch):
    """As many images as are drawn quickly."""
    monkeypatch.setattr(unfreezing_targets, "MOST_IMAGES", 3)
    monkeypatch.setattr(unfreezing_targets, "TESTED", 24)


def test_images_for_development_are_not_those_of_the_record(small_targets):
    for load in (unfreezing_targets.handwriting, unfreezing_targets.sky):
        used = [load(seed, development) for seed in range(2) for development in (False, True)]
        parts = [{image.tobytes() for part in target[:2] for image in part.images} for target in used]
        for development, recorded in itertools.product(parts[1::2], parts[::2]):
            assert not development & recorded


def test_all_digits_for_development_are_by_other_writers():
    recorded, developed = (
        {image.tobytes() for part in unfreezing_targets.handwriting(0, kind)[:2] for image in part.images}
        for kind in (False, True)
    )
    assert len(recorded) == unfreezing_targets.RECORDED_DIGITS
    assert len(developed) == 797
    assert not recorded & developed


def test_a_target_has_as_many_images_of_each_class_and_tests_on_none_of_them(small_targets):
    for load in (unfreezing_targets.handwriting, unfreezing_targets.sky):
        train, test, *_ = load(2**31 - 1)
        assert set(np.bincount(train.labels)) == {unfreezing_targets.MOST_IMAGES}
        assert len(test) == unfreezing_targets.TESTED
        assert not {image.tobytes() for image in train.images} & {image.tobytes() for image in test.images}
        again = load(2**31 - 1)
        assert np.array_equal(again.train.images, train.images)
        assert not np.array_equal(load(0).train.images, train.images)


def test_photos_for_development_are_not_those_of_the_record(monkeypatch):
    parts = {"train": noise(20, 2, size=16), "val": noise(6, 2, 1, size=16), "test": noise(8, 2, 2, size=16)}
    monkeypatch.setattr(photos, "cats_dogs", lambda: parts)
    monkeypatch.setattr(unfreezing_targets, "RECORDED_PHOTOS", 6)
    monkeypatch.setattr(unfreezing_targets, "MOST_IMAGES", 4)
    recorded, developed = (
        {image.tobytes() for seed in range(5) for part in load(seed)[:2] for image in part.images}
        for load in (unfreezing_targets.cats_dogs, lambda seed: unfreezing_targets.cats_dogs(seed, development=True))
    )
    assert not recorded & developed
    assert len(developed) == 2 * 4 + 6


def test_fewer_images_are_a_part_of_more():
    labels = np.array([1, 0, 1, 1, 0, 0])
    assert unfreezing_targets.ranks(labels).tolist() == [0, 0, 1, 2, 1, 2]


def test_the_rate_with_the_highest_mean_is_chosen_and_the_lowest_of_equal_ones():
    def means(*values):
        return {rate: {"mean": value} for rate, value in zip(("0.0003", "0.001", "0.003"), values, strict=True)}

    record = {
        "digits": {"2": {"short": {"everything": means(0.1, 0.3, 0.2), "head only": means(0.2, 0.1, 0.2)}}},
        "provenance": {"command": "tlcourse results"},
    }
    assert unfreezing.best_rates(record) == {
        ("digits", "2", "short", "everything"): 1e-3,
        ("digits", "2", "short", "head only"): 3e-4,
    }


@pytest.fixture(scope="module")
def student():
    """A tiny network, cut before the head, before the dense layers and before all weights, with six images to learn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partial_training, "HEAD_STEPS", 20)
        trained = partial_training.PartialTraining(mini_base(), 3, ("", "flatten", "rescale"), seed=0)
        train, test = noise(12, 3), noise(9, 3, seed=1)
        trained.use(train.images, train.labels, test.images, test.labels)
        trained.choose(unfreezing_targets.ranks(train.labels) < 2)
        return trained


def moved(student):
    """Names of the layers whose weights are not bit by bit those at the start."""
    now = student.model.get_weights()
    paths = [weight.path for weight in student.model.weights]
    return {path.split("/")[-2] for path, old, new in zip(paths, student.start, now, strict=True) if (old != new).any()}


def test_the_head_is_trained_alone_and_what_is_before_the_cut_stays_to_the_bit(student):
    student.fine_tune([("", 2)], 1e-2)
    assert moved(student) == {"head"}
    student.fine_tune([("flatten", 4)], 1e-2)
    assert moved(student) == {"middle", "top", "head"}
    assert student.parts["flatten"][1].optimizer.iterations == 4
    student.fine_tune([("rescale", 4)], 1e-2)
    assert moved(student) == {"first", "low", "middle", "top", "head"}, "the batch norm stays as it is"


def test_a_stage_with_the_same_cut_goes_on_and_one_with_another_begins_anew(student):
    student.fine_tune([("rescale", 5)], 1e-2)
    at_once = student.model.get_weights()
    assert len(student.fine_tune([("rescale", 2), ("rescale", 3)], 1e-2)) == 2
    assert student.parts["rescale"][1].optimizer.iterations == 5
    for weights, again in zip(at_once, student.model.get_weights(), strict=True):
        np.testing.assert_array_equal(again, weights)
    student.fine_tune([("flatten", 2), ("rescale", 3)], 1e-2)
    assert student.parts["rescale"][1].optimizer.iterations == 3


def test_accuracy_is_that_of_the_whole_network(student):
    test = noise(9, 3, seed=1)
    (accuracy,) = student.fine_tune([("rescale", 3)], 1e-2)
    predicted = np.asarray(student.model(test.images)).argmax(axis=1)
    assert accuracy == pytest.approx((predicted == test.labels).mean())


def test_all_arms_learn_from_the_same_images(student, monkeypatch):
    seen = {cut: [] for cut in student.parts}
    for cut, (_, upper) in student.parts.items():
        monkeypatch.setattr(upper, "fit", lambda inputs, labels, cut=cut, **_: seen[cut].append((inputs, labels)))
    for cut in seen:
        student.fine_tune([(cut, 3)], 1e-2)
    order = student.chosen[partial_training.batch_order(6, 3, seed=0)]
    for cut, [(inputs, labels)] in seen.items():
        assert np.array_equal(inputs, student.train[cut][order])
        assert np.array_equal(labels, student.train_labels[order])


class FakeTraining:
    """Trains nothing: the accuracy after a stage is 1 less the learning rate."""

    fine_tuned = ()

    def __init__(self, base, classes, cuts, seed, free_norms=False):
        self.cuts, self.images = set(cuts), None

    def use(self, train, train_labels, test, test_labels):
        assert len(train) == len(train_labels)

    def choose(self, chosen):
        self.images = int(chosen.sum())

    def fine_tune(self, stages, rate):
        assert self.images, "no images have been chosen"
        assert self.cuts >= {cut for cut, _ in stages}
        FakeTraining.fine_tuned += ((self.images, [steps for _, steps in stages], rate),)
        return [1 - rate] * len(stages)


@pytest.fixture
def fake_training(monkeypatch):
    """All three targets with their networks' arms, and images of noise; nothing is trained."""

    def loader(network):
        return lambda seed, development=False: unfreezing_targets.Target(noise(150, 3), noise(10, 3), network, False)

    by_target = {"digits": "faces", "galaxies": "faces", "photos": "photos"}
    targets = {name: loader(NETWORKS[network]) for name, network in by_target.items()}
    assert set(targets) == set(unfreezing.TARGETS)
    monkeypatch.setattr(FakeTraining, "fine_tuned", ())
    for name, fake in {"PartialTraining": FakeTraining, "load_base": mini_base, "TARGETS": targets}.items():
        monkeypatch.setattr(unfreezing, name, fake)
    monkeypatch.setattr(unfreezing, "prepared", lambda network, images: images)
    monkeypatch.setattr(unfreezing, "baselines", lambda *_: {str(n): {} for n in unfreezing.IMAGES_EACH})


def test_each_arm_is_measured_at_the_rate_that_development_has_chosen(fake_training, monkeypatch):
    record = {**_with_means(unfreezing.develop(0)), "provenance": {}}
    monkeypatch.setattr(unfreezing, "results", lambda name: {"unfreezing_development": record}[name])
    measured = unfreezing.run(0)
    for count, lengths in measured["digits"].items():
        arms = {*NETWORKS["faces"].cuts, "gradual", "gradual, longer", "block 4 on, longer"}
        assert set(lengths["short"]) == arms
        assert set(lengths["long"]) == arms | ({"untrained"} if count == "50" else set())
        assert {share for each in lengths.values() for share in each.values()} == {1 - NETWORKS["faces"].rates[0]}
    without_teacher = {f".long.{arm}" for arm in ("logistic regression", "from scratch")}  # left out here
    missing = missing_terms("unfreezing", measured)
    assert {path[path.index(".long") :] for path in missing} == without_teacher


def test_the_plateau_is_looked_for_in_one_training_of_each_arm(fake_training):
    measured = unfreezing.plateau(0)
    for arms in (arms for counts in measured.values() for arms in counts.values()):
        assert len(arms) == 5
        assert all(list(accuracies) == ["60", "150", "300", "600"] for accuracies in arms.values())
    assert set(measured["digits"]) == {"2", "50"}
    assert len(FakeTraining.fine_tuned) == 3 * 2 * 5, "targets, numbers of images and arms"
    assert {tuple(steps) for _, steps, _ in FakeTraining.fine_tuned} == {(60, 90, 150, 300)}


def _with_means(measured):
    """Numbers as a record holds them."""
    if not isinstance(measured, dict):
        return {"mean": measured}
    return {key: _with_means(part) for key, part in measured.items()}


@pytest.mark.slow
def test_the_experiment_trains_all_arms_and_repeats_a_seed(monkeypatch):
    """Every kind of arm in one cell: a target, three images of each class, the long training."""
    arms = {arm: {"0.01": {"mean": 0.5}} for arm in (*MINI_ARMS, "untrained")}
    record = {"digits": {"3": {"long": arms}}}
    monkeypatch.setattr(unfreezing, "results", lambda name: {"unfreezing_development": record}[name])
    monkeypatch.setattr(partial_training, "HEAD_STEPS", 3)
    replaced = {"TARGETS": {"digits": mini_target}, "load_base": mini_base, "STEPS": {"long": 3}}
    replaced |= {"prepared": lambda network, images: images}
    replaced |= dict.fromkeys(("IMAGES_EACH", "FROM_SCRATCH", "UNTRAINED"), (3,))
    for name, value in replaced.items():
        monkeypatch.setattr(unfreezing, name, value)
    accuracies = unfreezing.run(1)["digits"]["3"]["long"]
    assert set(accuracies) == MINI_ARMS | {"untrained", "from scratch", "logistic regression"}
    assert all(10 * share == pytest.approx(round(10 * share)) for share in accuracies.values())
    target = mini_target(1)._replace(network=MINI._replace(untrained=False))
    again = unfreezing.fine_tuned(target, 1, lambda *_: MINI.rates)["3"]["long"]
    assert again == {arm: {"0.01": accuracies[arm]} for arm in again}


def test_an_untrained_network_takes_statistics_of_the_chosen_images_only(monkeypatch):
    monkeypatch.setattr(partial_training, "HEAD_STEPS", 20)
    student = partial_training.PartialTraining(mini_base(), 3, ("", "rescale"), seed=0, free_norms=True)
    train, test = noise(12, 3), noise(9, 3, seed=1)
    statistics = []
    for changed in (False, True):
        images = train.images.copy()
        images[6:] //= 2 if changed else 1
        student.use(images, train.labels, test.images, test.labels)
        student.choose(np.arange(12) < 6)
        statistics.append(student.with_head)
    for weights, again in zip(*statistics, strict=True):
        np.testing.assert_allclose(again, weights, rtol=1e-6)
    student.fine_tune([("rescale", 2)], 1e-3)
    assert moved(student) == {"first", "first_bn", "low", "middle", "top", "head"}
