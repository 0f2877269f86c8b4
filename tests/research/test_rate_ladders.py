"""The experiment of unit 04: rates are chosen on images that no test uses, and each stage trains as it says."""

import numpy as np
import pytest

from tlcourse import finetuning
from tlcourse.data import results
from tlcourse.datasets import faces
from tlcourse.research import fine_tuning_task, head_first, rate_ladders


def test_rates_are_chosen_on_people_and_digits_that_no_test_has(monkeypatch):
    for module in (head_first, rate_ladders):  # one person is drawn quickly, and the seeds have others
        monkeypatch.setattr(module, "NEAR_PEOPLE", 1)
    developed = [rate_ladders.development_tasks(seed) for seed in range(3)]
    tested = [head_first.tasks(seed) for seed in range(5)]
    for target in ("near", "far"):
        used = {image.tobytes() for task in developed for part in task[target] for image in part.images}
        unseen = {image.tobytes() for task in tested for image in task[target][1].images}
        assert not used & unseen
    for task in developed:
        train, validation = ({image.tobytes() for image in part.images} for part in task["far"])
        assert not train & validation
        people = {int(name.removeprefix("person ")) for name in task["near"][0].class_names}
        assert people <= set(faces.DEVELOPMENT_PEOPLE)


@pytest.fixture
def task(monkeypatch):
    """A student of three people whose head was hardly trained."""
    monkeypatch.setattr(fine_tuning_task, "HEAD_EPOCHS", 1)
    monkeypatch.setattr(rate_ladders, "EPOCHS", 1)
    people = faces.DEVELOPMENT_PEOPLE[:3]
    student = fine_tuning_task.FineTuningTask(
        faces.portraits(people, 2, seed=0), faces.portraits(people, 2, seed=1), seed=0
    )
    student.train_head()
    return student


@pytest.mark.slow
def test_a_stage_with_an_optimizer_made_new_in_place_is_one_with_a_new_optimizer(task):
    rates = rate_ladders.ladder(1e-3, 3)
    accuracy = rate_ladders.tune(task, task.with_head, rates)
    first = task.model.get_weights()
    assert accuracy == pytest.approx(task.accuracy())
    rate_ladders.tune(task, task.with_head, rate_ladders.ladder(1e-2, 1))
    rate_ladders.tune(task, task.with_head, rates)
    for weights, again in zip(first, task.model.get_weights(), strict=True):
        np.testing.assert_allclose(again, weights, rtol=1e-5, atol=1e-7)
    moved = [np.abs(new - old).max() for new, old in zip(first, task.with_head, strict=True)]
    assert moved[0] == pytest.approx(rates[0], rel=0.02), "one step of Adam is as long as the group's rate"
    assert moved[-2] == pytest.approx(rates[-1], rel=0.02)


@pytest.mark.slow
def test_the_experiment_gives_the_recorded_results(monkeypatch):
    def tiny(seed):
        people = faces.TEST_PEOPLE[:3]
        return {"near": (faces.portraits(people, 2, seed=0), faces.portraits(people, 1, seed=1))}

    trained = []
    monkeypatch.setattr(fine_tuning_task, "HEAD_EPOCHS", 1)
    monkeypatch.setattr(rate_ladders, "tasks", tiny)
    monkeypatch.setattr(rate_ladders, "development_tasks", tiny)
    monkeypatch.setattr(rate_ladders, "_stage", lambda task, first, rates, epochs: trained.append((first, epochs)))
    copied = {tuple(path.split("/")[1:]) for path in rate_ladders.COPIES}
    assert _paths(rate_ladders.run(0)["near"]) | copied == _paths(results("ladders")["near"])
    developed = _paths(rate_ladders.develop(0)["near"])
    for target in ("near", "far"):
        assert _paths(results("ladders")[target]) == _paths(results("ladders")["near"])
        assert _paths(results("ladders_development")[target]) == developed
    assert [stage for stage in trained if stage[0] != rate_ladders.FIRST] == [("fc1", 6), ("block5_conv1", 6)]
    trained.clear()
    short_budget, record = rate_ladders.short_budget(0), results("ladders_short_budget")
    for part in ("development", "test"):
        assert _paths(short_budget[part]["near"]) == _paths(record[part]["near"]) == _paths(record[part]["far"])
    assert {epochs for _, epochs in trained} == {rate_ladders.SHORT}
    assert [first for first, _ in trained if first != rate_ladders.FIRST] == ["head", "head"], (
        "the control, of either part"
    )


@pytest.mark.slow
def test_one_rate_is_taken_from_unit_03_where_it_trains_the_same(task):
    """The optimizers differ, one for all or one for each group; the weights that they lead to must not."""
    finetuning.unfreeze_from(task.model, rate_ladders.FIRST)
    finetuning.recompile(task.model, 1e-3)
    task.fine_tune(task.with_head, 1e-3, epochs=1)
    by_one = task.model.get_weights()
    rate_ladders.tune(task, task.with_head, rate_ladders.ladder(1e-3, 1))
    for expected, actual in zip(by_one, task.model.get_weights(), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-7)
    assert rate_ladders.COPIES["near/single/0.001"] == ("fine_tuning", "near/head_first/0.001")
    assert rate_ladders.COPIES["far/held_out_people/single"] == ("fine_tuning", "far/held_out_people/head_first/0.01")


def _paths(content):
    if not isinstance(content, dict) or "ci95" in content:
        return {()}
    return {(key, *rest) for key, part in content.items() for rest in _paths(part)}
