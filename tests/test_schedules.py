"""Schedules against their formulas, and back from their configurations."""

import numpy as np
import pytest

from tlcourse import schedules


# The curves by their formulas, written anew with numpy.
def triangle(step, steps, cut):
    height = step / cut if step < cut else 1 - (step - cut) / (steps - cut)
    return (1 + height * 31) / 32


FORMULAS = {
    "constant": lambda step: 1.0,
    "cosine": lambda step: (1 + np.cos(np.pi * step / 100)) / 2,
    "warm-up and cosine": lambda step: step / 10 if step < 10 else (1 + np.cos(np.pi * (step - 10) / 90)) / 2,
    "slanted triangle": lambda step: triangle(step, 100, 10),
    "one-cycle": lambda step: (
        0.04 + 0.96 * (1 - np.cos(np.pi * step / 30)) / 2
        if step < 30
        else 4e-6 + (1 - 4e-6) * (1 + np.cos(np.pi * (step - 30) / 70)) / 2
    ),
}


@pytest.mark.parametrize("name", schedules.SCHEDULES)
def test_a_schedule_is_its_formula(name):
    expected = [0.3 * FORMULAS[name](step) for step in range(100)]
    np.testing.assert_allclose(schedules.curve(name, 0.3, 100), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["slanted triangle", "one-cycle"])
def test_a_schedule_comes_back_from_its_configuration(name):
    schedule = schedules.SCHEDULES[name](0.2, 50)
    again = type(schedule).from_config(schedule.get_config())
    assert float(again(17)) == pytest.approx(float(schedule(17)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("triangle", 0.1, 10), "'triangle'.*slanted triangle"), (("cosine", 0.1, 1), "two steps or more, got 1")],
)
def test_bad_input_to_a_curve_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        schedules.curve(*arguments)
