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
    return unfreezing_targets.Target(
        noise(9, 3, seed), noise(10, 3, seed + 1), MINI, mirror=False, untrained=(3,), from_scratch=(3,)
    )


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
@pytest.mark.parametrize("steps", unfreezing.LONG_STEPS.values())
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


def test_more_images_take_more_steps_which_have_thirds_and_halves():
    assert [unfreezing.long_steps(images) for images in (4, 20, 21, 100, 400, 500)] == [150, 150, 300, 300, 600, 600]
    assert all(steps % 6 == 0 for steps in unfreezing.LONG_STEPS.values())


def test_a_divided_training_has_the_same_steps_and_ends_where_it_is_asked_to():
    parts = [("top", 100), ("low", 100), ("low", 200)]
    assert unfreezing.divided(parts, [400]) == parts
    assert unfreezing.divided(parts, [150, 300]) == [("top", 100), ("low", 50), ("low", 50), ("low", 100)]
    assert unfreezing.divided(parts, [60]) == [("top", 60)]


def test_the_rate_with_the_highest_mean_after_all_steps_is_chosen_and_the_lowest_of_equal_ones():
    record = {
        "digits": {
            "2": {
                "short": {"head only": {"0.0003": {"mean": 0.2}, "0.001": {"mean": 0.1}, "0.003": {"mean": 0.2}}},
                "half": {"everything": {"0.0003": {"mean": 0.1}, "0.001": {"mean": 0.1}, "0.003": {"mean": 0.9}}},
                "long": {"everything": {"0.0003": {"mean": 0.1}, "0.001": {"mean": 0.3}, "0.003": {"mean": 0.2}}},
            }
        },
        "provenance": {"command": "tlcourse results"},
    }
    assert unfreezing.best_rates(record) == {
        ("digits", "2", "short", "head only"): 3e-4,
        ("digits", "2", "long", "everything"): 1e-3,
    }


def test_the_largest_gain_of_the_second_half_is_at_the_chosen_rates():
    record = {
        "digits": {
            "50": {
                "short": {"head only": {"0.001": {"mean": 0.1}, "0.003": {"mean": 0.2}}},
                "half": {
                    "head only": {"0.001": {"mean": 0.5}, "0.003": {"mean": 0.2}},
                    "everything": {"0.001": {"mean": 0.7}, "0.003": {"mean": 0.1}},
                    "gradual": {"0.001": {"mean": 0.1}, "0.003": {"mean": 0.1}},
                },
                "long": {
                    "head only": {"0.001": {"mean": 0.5}, "0.003": {"mean": 0.4}},
                    "everything": {"0.001": {"mean": 0.8}, "0.003": {"mean": 0.4}},
                    "gradual": {"0.001": {"mean": 0.9}, "0.003": {"mean": 0.9}},
                },
            }
        },
        "provenance": {},
    }
    assert unfreezing.largest_gain(record) == (pytest.approx(0.1), "digits", "50", "everything")


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
    """Trains nothing: the accuracy after a stage is the share of 1,000 steps that are done, less the learning rate."""

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
        steps = list(itertools.accumulate(steps for _, steps in stages))
        FakeTraining.fine_tuned += ((self.images, steps, rate),)
        return [done / 1000 - rate for done in steps]


@pytest.fixture
def fake_training(monkeypatch):
    """All three targets with their networks' arms, and images of noise; nothing is trained."""

    def loader(name):
        network, classes, *controls = targets[name]
        parts = noise(50 * classes, classes), noise(10, classes)
        return lambda seed, development=False: unfreezing_targets.Target(*parts, network, False, *controls)

    faces, photos = NETWORKS.values()
    targets = {"digits": (faces, 10, (50,)), "galaxies": (faces, 8), "photos": (photos, 2, (), (10,))}
    assert set(targets) == set(unfreezing.TARGETS)
    monkeypatch.setattr(FakeTraining, "fine_tuned", ())
    replaced = {
        "PartialTraining": FakeTraining,
        "load_base": mini_base,
        "TARGETS": {name: loader(name) for name in targets},
    }
    for name, fake in replaced.items():
        monkeypatch.setattr(unfreezing, name, fake)
    monkeypatch.setattr(unfreezing, "prepared", lambda network, images: images)
    monkeypatch.setattr(unfreezing, "baselines", lambda *_: {str(n): {} for n in unfreezing.IMAGES_EACH})


def test_each_arm_is_measured_at_the_rate_that_development_has_chosen(fake_training, monkeypatch):
    record = {**_with_means(unfreezing.develop(0)), "provenance": {}}
    monkeypatch.setattr(unfreezing, "results", lambda name: {"unfreezing_development": record}[name])
    FakeTraining.fine_tuned = ()
    measured = unfreezing.run(0)
    depths, low = list(NETWORKS["faces"].cuts), "block 4 on"
    for count in ("2", "50"):
        lengths = measured["digits"][count]
        assert set(lengths) == {"short", "long"}
        assert set(lengths["short"]) == {depths[0], low, depths[-1]}
        assert set(lengths["long"]) == set(lengths["short"]) | ({"untrained"} if count == "50" else set())
    assert set(measured["digits"]["10"]) == {"long"}
    assert set(measured["digits"]["10"]["long"]) == {*depths, "gradual", "gradual, longer", f"{low}, longer"}
    lowest = {"digits": 3e-4, "galaxies": 3e-4, "photos": 1e-5}
    assert {rate for _, _, rate in FakeTraining.fine_tuned} == set(lowest.values())
    for target, each in measured.items():
        long = {count: each[count]["long"]["head only"] + lowest[target] for count in each}
        assert long == pytest.approx({"2": 0.15, "10": 0.15 if target == "photos" else 0.3,
                                      "50": 0.3 if target == "photos" else 0.6})  # fmt: skip
        assert each["50"]["short"]["head only"] + lowest[target] == pytest.approx(0.06)
    without_teacher = {f".long.{arm}" for arm in ("logistic regression", "from scratch")}  # left out here
    missing = missing_terms("unfreezing", measured)
    assert {path[path.index(".long") :] for path in missing} == without_teacher


def test_development_measures_each_long_arm_after_half_of_its_steps_in_the_same_training(fake_training):
    record = _with_means(unfreezing.develop(0))
    for counts in record.values():
        for lengths in counts.values():
            assert set(lengths["half"]) == set(lengths["long"])
            for arm, by_rate in lengths["long"].items():
                for rate, whole in by_rate.items():
                    half = lengths["half"][arm][rate]["mean"] + float(rate)
                    assert half == pytest.approx((whole["mean"] + float(rate)) / 2)
    arms = 3 + 6 + 3  # with 2, 10 and 50 images of each class
    trainings = (2 * arms + 1) * len(unfreezing_targets.FACES.rates) + arms * len(unfreezing_targets.PHOTOS.rates)
    assert len(FakeTraining.fine_tuned) == trainings, "two targets and the untrained network; photos; no other rate"
    gain, target, count, arm = unfreezing.largest_gain(record)
    assert (gain, count) == (pytest.approx(0.3), "50")
    assert arm in record[target][count]["long"]


def test_arms_share_a_training_only_at_the_same_rate():
    parts, ends = [("top", 150)], {("long", "a"): 150, ("short", "a"): 60}
    for short_rate, expected in ((1e-3, [[60, 150]]), (3e-3, [[150], [60]])):
        measured = {}
        FakeTraining.fine_tuned = ()
        student = FakeTraining(None, 3, ("top",), 0)
        student.choose(np.ones(3))
        rates = {("long", "a"): [1e-3], ("short", "a"): [short_rate]}
        unfreezing._measure(student, parts, ends, lambda *end, rates=rates: rates[end], False, measured)
        assert [steps for _, steps, _ in FakeTraining.fine_tuned] == expected
        assert measured["short"]["a"] == {f"{short_rate:g}": pytest.approx(0.06 - short_rate)}
        assert measured["long"]["a"] == {"0.001": pytest.approx(0.149)}


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
    replaced = {"TARGETS": {"digits": mini_target}, "load_base": mini_base, "LONG_STEPS": {9: 6}}
    replaced |= {"prepared": lambda network, images: images, "IMAGES_EACH": (3,), "GRADUAL_EACH": (3,)}
    for name, value in replaced.items():
        monkeypatch.setattr(unfreezing, name, value)
    accuracies = unfreezing.run(1)["digits"]["3"]["long"]
    assert set(accuracies) == MINI_ARMS | {"untrained", "from scratch", "logistic regression"}
    assert all(10 * share == pytest.approx(round(10 * share)) for share in accuracies.values())
    target = mini_target(1)._replace(untrained=())
    again = unfreezing.fine_tuned(target, 1, lambda *_: MINI.rates, halves=True)["3"]["long"]
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
