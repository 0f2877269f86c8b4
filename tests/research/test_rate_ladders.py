"""The experiment of unit 04: rates are chosen on pictures that no test uses, and each stage trains as it says."""

import numpy as np
import pytest
from comparing import clearly_above, undecided

from tlcourse import finetuning
from tlcourse.data import results
from tlcourse.datasets import faces
from tlcourse.research import head_first, rate_ladders


def test_rates_are_chosen_on_people_and_digits_that_no_test_has(monkeypatch):
    for module in (head_first, rate_ladders):  # one person is drawn quickly, and the seeds have others
        monkeypatch.setattr(module, "NEAR_PEOPLE", 1)
    developed = [rate_ladders.development_tasks(seed) for seed in range(3)]
    tested = [head_first.tasks(seed) for seed in range(5)]
    for target in ("near", "far"):
        known = {image.tobytes() for task in developed for part in task[target] for image in part.images}
        unseen = {image.tobytes() for task in tested for image in task[target][1].images}
        assert not known & unseen
    for task in developed:
        train, validation = ({image.tobytes() for image in part.images} for part in task["far"])
        assert not train & validation
        people = {int(name.removeprefix("person ")) for name in task["near"][0].class_names}
        assert people <= set(faces.DEVELOPMENT_PEOPLE)


@pytest.fixture
def task(monkeypatch):
    """A student of three people whose head was hardly trained."""
    monkeypatch.setattr(head_first, "HEAD_EPOCHS", 1)
    monkeypatch.setattr(rate_ladders, "EPOCHS", 1)
    people = faces.DEVELOPMENT_PEOPLE[:3]
    student = head_first.Task(faces.portraits(people, 2, seed=0), faces.portraits(people, 2, seed=1), seed=0)
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
    for one, again in zip(first, task.model.get_weights(), strict=True):
        np.testing.assert_allclose(again, one, rtol=1e-5, atol=1e-7)
    moved = [np.abs(new - old).max() for new, old in zip(first, task.with_head, strict=True)]
    assert moved[0] == pytest.approx(rates[0], rel=0.02), "one step of Adam is as long as the group's rate"
    assert moved[-2] == pytest.approx(rates[-1], rel=0.02)


@pytest.mark.slow
def test_the_experiment_gives_what_is_on_record(monkeypatch):
    def tiny(seed):
        people = faces.TEST_PEOPLE[:3]
        return {"near": (faces.portraits(people, 2, seed=0), faces.portraits(people, 1, seed=1))}

    trained = []
    monkeypatch.setattr(head_first, "HEAD_EPOCHS", 1)
    monkeypatch.setattr(rate_ladders, "tasks", tiny)
    monkeypatch.setattr(rate_ladders, "development_tasks", tiny)
    monkeypatch.setattr(rate_ladders, "_stage", lambda task, first, rates, epochs: trained.append((first, epochs)))
    (completed,) = rate_ladders.with_single_rates([rate_ladders.run(0)])
    for name, run in (("ladders", completed), ("ladders_development", rate_ladders.develop(0))):
        assert _paths(run["near"]) == _paths(results(name)["near"]) == _paths(results(name)["far"])
    assert [stage for stage in trained if stage[0] != rate_ladders.FIRST] == [("fc1", 6), ("block5_conv1", 6)]
    trained.clear()
    hurry, record = rate_ladders.in_short(0), results("ladders_in_short")
    for part in ("development", "test"):
        assert _paths(hurry[part]["near"]) == _paths(record[part]["near"]) == _paths(record[part]["far"])
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
    for one, other in zip(by_one, task.model.get_weights(), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-7)
    run = {"single": {"0.003": 0.5}, "others": {"ladder_3": 0.5}, "ladder_3": {"0.001": 0.5}}
    (first, second), record = rate_ladders.with_single_rates([{"near": run}] * 2), results("fine_tuning")["near"]
    assert list(second["near"]["single"]) == ["0.001", "0.003", "0.01"]
    assert second["near"]["single"]["0.01"] == record["head_first"]["0.01"]["values"][1]
    assert first["near"]["others"]["single"] == record["others"]["head_first"]["0.01"]["values"][0]
    assert first["near"]["single"]["0.003"] == first["near"]["ladder_3"]["0.001"] == 0.5


def test_what_the_units_words_say_is_on_record():
    """A new teacher may turn a comparison round; then the prose of unit 04 needs other words."""
    record, development, beyond = (results(name) for name in ("ladders", "ladders_development", "ladders_beyond"))
    near, far, alone = record["near"], record["far"], results("fine_tuning")["near"]

    best = {
        target: {name: max(rates, key=lambda rate: rates[rate]["mean"]) for name, rates in methods.items()}
        for target, methods in development.items()
        if target != "provenance"
    }
    assert best["near"] == {"single": "0.001", "ladder_3": "0.003", "ladder_10": "0.003"}
    assert best["far"] == {"single": "0.003", "ladder_3": "0.01", "ladder_10": "0.01"}
    for name in ("ladder_3", "ladder_10"):
        assert undecided(near[name][best["near"][name]], near["single"]["0.001"])
        assert undecided(near[name]["0.01"], near["single"]["0.001"])
        assert clearly_above(far["single"]["0.003"], far[name][best["far"][name]])
        assert clearly_above(far["single"]["0.003"], beyond[name])
        assert undecided(beyond[name], far[name]["0.01"])
        assert undecided(near[name]["0.01"], near["single"]["0.01"])
        assert undecided(far[name]["0.01"], far["single"]["0.01"])
        for target in (near, far):
            assert clearly_above(target["others"][name], target["others"]["single"])
            assert undecided(target["others"][name], alone["others"]["teacher"])
    assert undecided(beyond["ladder_3"], far["single"]["0.001"])
    assert clearly_above(near["at_once"]["0.01"], alone["at_once"]["0.01"])
    assert undecided(near["at_once"]["0.01"], alone["at_once"]["0.001"])
    assert undecided(near["at_once"]["0.01"], near["single"]["0.001"])
    assert undecided(near["upside_down"]["0.001"], near["ladder_3"]["0.001"])
    assert undecided(near["upside_down"]["0.001"], near["single"]["0.001"])
    assert undecided(near["gradual"]["0.001"], near["ladder_3"]["0.001"])
    assert clearly_above(far["upside_down"]["0.001"], far["ladder_3"]["0.001"])
    assert undecided(far["upside_down"]["0.001"], far["single"]["0.001"])
    assert clearly_above(far["ladder_3"]["0.001"], far["gradual"]["0.001"])


def test_what_the_unit_says_of_ladders_in_a_hurry_is_on_record():
    record = results("ladders_in_short")
    chosen = {
        target: {name: max(rates, key=lambda rate: rates[rate]["mean"]) for name, rates in methods.items()}
        for target, methods in record["development"].items()
    }
    rates = {"single": "0.003", "ladder_3": "0.01", "ladder_10": "0.03", "head_only": "0.01"}
    assert chosen == {"near": rates, "far": rates}, "data/claims.toml names these rates"
    near, far = (
        {name: record["test"][target][name][rate] for name, rate in rates.items()} for target in ("near", "far")
    )
    collapsed, unfinished = (record["test"]["near"]["single"][rate] for rate in ("0.01", "0.001"))
    assert all(clearly_above(near["single"], bad) for bad in (collapsed, unfinished)), "one rate's curve is narrow"
    assert clearly_above(near["ladder_3"], near["single"])
    assert undecided(near["ladder_10"], near["single"])
    assert undecided(near["ladder_3"], near["head_only"])
    assert clearly_above(far["ladder_3"], far["head_only"])
    assert far["single"]["mean"] > far["ladder_3"]["mean"] > far["head_only"]["mean"]
    assert undecided(far["single"], far["ladder_3"])
    assert clearly_above(far["single"], far["ladder_10"])


def _paths(content):
    if not isinstance(content, dict) or "ci95" in content:
        return {()}
    return {(key, *rest) for key, part in content.items() for rest in _paths(part)}
