"""The second measurements: their settings come from development data, and their people from no older record."""

import pytest

from tlcourse.datasets import faces
from tlcourse.research import early_stopping, measured_again
from tlcourse.research.teacher_errors import NEW_PEOPLE


def test_the_ladder_on_digits_takes_the_rate_that_was_best_in_development(monkeypatch):
    recorded = {"ladder_3": {"0.01": {"mean": 0.7}, "0.03": {"mean": 0.8}, "0.1": {"mean": 0.2}}}
    monkeypatch.setattr(measured_again, "results", {"ladders_again_development": recorded}.__getitem__)
    monkeypatch.setattr(measured_again, "ready_tasks", lambda seed: [("near", "people"), ("far", "digits")])
    monkeypatch.setattr(measured_again, "tuned", lambda task, rate, method: (task, rate))
    assert measured_again.run_ladders(0) == {
        "near": {"single": ("people", 0.001), "ladder_3": ("people", 0.003)},
        "far": {"single": ("digits", 0.003), "ladder_3": ("digits", 0.03)},
    }


def test_people_of_a_seed_are_those_no_older_record_tested(monkeypatch):
    drawn = []
    monkeypatch.setattr(measured_again, "FineTuningTask", lambda *parts: pytest.fail("the people come first"))
    monkeypatch.setattr(faces, "portraits", lambda people, each, seed: drawn.append((people, each, seed)))
    with pytest.raises(pytest.fail.Exception):
        next(iter(measured_again.ready_tasks(2**31 - 1)))
    (people, few, first), (same, many, second) = drawn
    assert people == same
    assert len(set(people)) == 20
    assert set(people) <= set(NEW_PEOPLE)
    assert (few, many) == (5, 20)
    assert first != second


def test_seeds_of_augmented_copies_stay_below_the_limit_of_keras(monkeypatch):
    called = []
    monkeypatch.setattr(early_stopping, "run", lambda seed, variants: called.append((seed, variants)))
    measured_again.run_stopping(2**31 - 1)
    ((seed, variants),) = called
    assert early_stopping.COPIES * seed + early_stopping.COPIES <= 2**32
    assert variants == ("plain", "augmented")
