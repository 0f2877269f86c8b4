"""What students weigh, how they look and what they cost: against numpy, and against the networks that were taught."""

import keras
import numpy as np
import pytest

from tlcourse.data import results
from tlcourse.distillation import hint
from tlcourse.networks import small_student
from tlcourse.research import distillation_methods, students

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 48, 48, 3), dtype=np.uint8)


def student():
    keras.utils.set_random_seed(0)
    return small_student(distillation_methods.PEOPLE)


@pytest.fixture(scope="module")
def networks(full_tier):
    """Measured with few calls: only the sizes are looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(students, "CALLS", 3)
        return students.networks(seed=0, image=IMAGES[:1])


def test_a_second_output_is_one_more_dense_layer(networks):
    width = student().get_layer("features").output.shape[-1]
    more = 2 * width + 2
    assert networks["student"]["parameters"] == student().count_params()
    assert networks["multi_task"]["parameters"] == student().count_params() + more
    assert networks["multi_task"]["bytes"] - networks["student"]["bytes"] > 4 * more
    assert networks["teacher"]["parameters"] == distillation_methods.whole_teacher().count_params()
    assert all(0 < network["ms"] < 1000 for network in networks.values())


def test_what_a_hint_adds_is_not_on_the_device(networks):
    learner = student()
    objective = hint(learner, "map3", np.zeros((1, 6, 6, 96), "float32"))
    assert keras.Model(learner.input, [learner.output, objective.output]).count_params() > learner.count_params()
    assert learner.count_params() == networks["student"]["parameters"]


def test_an_untaught_student_weighs_what_a_taught_one_did(networks):
    taught = results("distillation")["device"]
    for name in ("teacher", "student"):
        assert networks[name]["parameters"] == taught[f"{name}_parameters"]["mean"]
        assert networks[name]["bytes"] == pytest.approx(taught[f"{name}_bytes"]["mean"], rel=0.01)


def test_likeness_is_the_cosine_of_two_attention_maps():
    def attention_map(model, layer):
        maps = np.asarray(keras.Model(model.input, model.get_layer(layer).output)(IMAGES)).astype(float)
        energy = (maps**2).sum(axis=-1).reshape(len(IMAGES), -1)
        return energy / np.linalg.norm(energy, axis=1, keepdims=True)

    learner = student()
    theirs, own = attention_map(distillation_methods.base(), "block3_conv3_relu"), attention_map(learner, "map2")
    likeness = students.alike({"untrained": learner}, IMAGES)
    assert set(likeness) == {"untrained", "same_everywhere"}
    assert likeness["untrained"] == pytest.approx((theirs * own).sum(axis=1).mean(), rel=2e-3)
    even = np.full(144, 1 / 12)
    assert likeness["same_everywhere"] == pytest.approx((theirs @ even).mean(), rel=2e-3)
