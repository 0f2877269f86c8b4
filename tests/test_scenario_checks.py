"""Sorted cards and balanced samples: which properties a check asks for, and what it says where one is missing."""

import itertools

import numpy as np
import pytest

from tlcourse import balance_checks, scenario_checks

SORTED = dict.fromkeys(scenario_checks.CARDS, ("P(X)", "transductive"))
LABELS = [0] * 9 + [1] * 5


def balanced(labels, count, rng):
    """Every class `count` times, as even as can be."""
    own = [rng.permutation(np.flatnonzero(np.array(labels) == label)) for label in np.unique(labels)]
    return np.concatenate([np.resize(positions, count) for positions in own])


def first_ones(labels, count, rng):
    """No randomness at all."""
    return np.concatenate([np.resize(np.flatnonzero(np.array(labels) == label), count) for label in np.unique(labels)])


def with_replacement(labels, count, rng):
    """Every position at random."""
    own = [np.flatnonzero(np.array(labels) == label) for label in np.unique(labels)]
    return np.concatenate([rng.choice(positions, count) for positions in own])


OTHER_SEEDS = itertools.count()


def of_another_generator(labels, count, rng):
    """Randomness that `rng` does not determine; without chance, because two draws are equal once in a few hundred."""
    return balanced(labels, count, np.random.default_rng(next(OTHER_SEEDS)))


def test_a_card_has_two_words_of_any_kind_of_string():
    arrays = {card: np.array(pair) for card, pair in SORTED.items()}
    for answer in (SORTED, arrays):
        assert [scenario_checks.card_word(lambda a=answer: a, place)("farm") for place in (0, 1)] == list(
            SORTED["farm"]
        )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "Is a `return` missing"),
        ([], "a dictionary, but it returns list"),
        ({**SORTED, "farm": "Y"}, "'farm' should have a pair of strings, but it has 'Y'"),
        ({**SORTED, "farm": ("y", "inductive")}, "one of X, Y, .* not 'y'"),
        ({**SORTED, "farm": ("inductive", "Y")}, "The part comes first"),
        ({"night": ("P(X)", "transductive")}, "no pair for farm, breeds"),
    ],
)
def test_an_answer_without_words_for_all_cards_fails(answer, message):
    with pytest.raises(AssertionError, match=message):
        scenario_checks.card_word(lambda: answer, 0)("farm")


def test_a_balanced_sample_has_all_properties():
    assert balance_checks.balanced_counts(balanced)(np.array(LABELS), 7, 0) == {0: 7, 1: 7}
    balance_checks.repeats_nothing(balanced, LABELS, 5)
    balance_checks.gives_every_position_a_chance(balanced, LABELS, 7)
    balance_checks.repeats_evenly(balanced, LABELS, 23)


@pytest.mark.parametrize(
    ("check", "function", "message"),
    [
        (balance_checks.repeats_nothing, with_replacement, "comes twice although the class has 9"),
        (balance_checks.gives_every_position_a_chance, first_ones, "gives position 8: are the first ones"),
        (balance_checks.repeats_evenly, with_replacement, "would be fair"),
    ],
)
def test_a_sample_without_a_property_fails(check, function, message):
    with pytest.raises(AssertionError, match=message):
        check(function, LABELS, 8)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (of_another_generator, "take all randomness from `rng`"),
        (lambda *_: [0, 14], "Position 14 lies outside of `labels`, which has 14 elements"),
        (lambda *_: [[0, 1], [9, 10]], "whole numbers in one row"),
        (lambda *_: [0.0, 9.0], "not float64"),
        (lambda *_: None, "Is a `return` missing"),
    ],
)
def test_what_is_no_sample_of_the_generator_fails(function, message):
    with pytest.raises(AssertionError, match=message):
        balance_checks.balanced_counts(function)(np.array(LABELS), 5, 0)
