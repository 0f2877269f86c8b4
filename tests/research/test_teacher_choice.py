"""Choosing a teacher by similarity: new people only, and the alternative is the mean of all three teachers."""

import pytest

from tlcourse.research import teacher_choice, transfer_matrix

RESULT = {
    "none": {"scratch": 0.4, "pixels": 0.3},
    "faces": {"accuracy": 0.9},
    "letters": {"accuracy": 0.6},
    "galaxies": {"accuracy": 0.3},
    "chosen": {"a_distance": 0.6, "log_me": 0.9, "leep": 0.3},
    "best": 0.9,
}


def test_the_choice_is_compared_with_the_mean_of_the_three_teachers(monkeypatch):
    asked = []
    monkeypatch.setattr(transfer_matrix, "sources", lambda seed: {"a source": seed})
    monkeypatch.setattr(transfer_matrix, "targets", lambda seed, people: asked.extend(people) or {"digits": ("a", "b")})
    monkeypatch.setattr(transfer_matrix, "measure_target", lambda train, test, sources, seed: RESULT)
    (measured,) = teacher_choice.run(2**31 - 1).values()
    assert measured["chosen"] == 0.6, "by the A-distance, and by no other score"
    assert measured["by_chance"] == pytest.approx(0.6)
    assert (measured["scratch"], measured["best"]) == (0.4, 0.9)
    older = range(20_000, 20_000 + 5 * transfer_matrix.PEOPLE)  # of the record transfer_matrix
    assert len(set(asked)) == transfer_matrix.PEOPLE
    assert not set(asked) & set(older)
