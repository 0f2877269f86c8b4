"""Domains and tasks as objects: printed as the definitions are, and compared as the scenarios are distinguished."""

import pytest

from tlcourse.domains import Domain, Task, differences, setting

SHARP = Domain("images of 48x48 pixels", "galaxies through a sharp telescope")
BLURRED = Domain("images of 48x48 pixels", "galaxies through a blurred telescope")
ENGLISH, SPANISH = Domain("English texts", "reviews"), Domain("Spanish texts", "reviews")
COARSE = Task(("spiral", "elliptical"), "shape", (0.5, 0.5))
FINE = Task(("spiral", "barred spiral", "elliptical"), "shape")
RARE = Task(("elliptical", "spiral"), "shape", (0.9, 0.1))


def test_they_print_as_the_definitions_do():
    assert str(SHARP) == "D = {X: images of 48x48 pixels; P(X): galaxies through a sharp telescope}"
    assert str(COARSE) == "T = {Y: spiral, elliptical; P(Y|X): shape; P(Y): 0.50, 0.50}"
    assert str(Task("0123456789", "digit")) == "T = {Y: 0, 1, 2, 3, 4, ... 10; P(Y|X): digit}"


def test_equal_is_what_is_equal():
    assert Domain("a", "b") == Domain("a", "b") != SHARP
    assert Task(["spiral", "elliptical"], "shape", [0.5, 0.5]) == COARSE
    assert len({SHARP, BLURRED, Domain(SHARP.space, SHARP.distribution)}) == 2


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ((SHARP, COARSE), (SHARP, COARSE), ()),
        ((ENGLISH, COARSE), (SPANISH, COARSE), ("X",)),
        ((SHARP, COARSE), (BLURRED, COARSE), ("P(X)",)),
        ((SHARP, COARSE), (SHARP, FINE), ("Y",)),
        ((SHARP, COARSE), (SHARP, RARE), ("P(Y|X)", "P(Y)")),
        ((SHARP, COARSE), (SHARP, Task(COARSE.labels, "beauty", (0.5, 0.5))), ("P(Y|X)",)),
        ((SHARP, COARSE), (SHARP, Task(("elliptical", "spiral"), "shape", (0.5, 0.5))), ()),
        ((SHARP, COARSE), (BLURRED, FINE), ("P(X)", "Y")),
        ((SHARP, COARSE), (SHARP, Task(COARSE.labels, "shape")), ()),
    ],
)
def test_the_scenarios_are_distinguished(source, target, expected):
    assert differences(source, target) == expected


@pytest.mark.parametrize(
    ("target", "labels", "expected"),
    [
        ((SHARP, COARSE), (True, True), "no transfer"),
        ((SHARP, FINE), (True, True), "inductive"),
        ((BLURRED, COARSE), (True, True), "inductive"),
        ((BLURRED, COARSE), (True, False), "transductive"),
        ((SHARP, RARE), (True, False), "transductive"),
        ((BLURRED, FINE), (False, False), "unsupervised"),
        ((BLURRED, FINE), (True, False), "undefined"),
        ((SHARP, Task(COARSE.labels, "beauty", (0.5, 0.5))), (True, False), "undefined"),
        ((SHARP, Task(COARSE.labels, "beauty", (0.9, 0.1))), (True, False), "undefined"),
        ((SHARP, Task(COARSE.labels, "beauty")), (True, False), "undefined"),
    ],
)
def test_the_settings_of_pan_and_yang(target, labels, expected):
    assert setting((SHARP, COARSE), target, *labels) == expected


@pytest.mark.parametrize(
    ("labels", "shares", "message"),
    [((), None, r"\(\)"), (("a", "a"), None, "'a', 'a'"), (("a", "b"), (0.5,), "2 labels"), (("a",), (0.7,), "0.7"),
     (("a", "b"), (-0.5, 1.5), "-0.5")],
)  # fmt: skip
def test_names_what_is_wrong(labels, shares, message):
    with pytest.raises(ValueError, match=message):
        Task(labels, "rule", shares)
