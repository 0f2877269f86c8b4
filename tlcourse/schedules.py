"""Learning rates that change while a model trains: from a peak rate and a number of steps to a Keras schedule."""

import keras
import numpy as np
from keras import ops

from tlcourse._keras import serializable


def cosine(peak, steps):
    """From `peak` down to 0 along half a cosine (Loshchilov & Hutter 2017, SGDR, without restarts)."""
    return keras.optimizers.schedules.CosineDecay(peak, steps)


def warm_up(peak, steps, rising_fraction=0.1):
    """Up from 0 to `peak` over a `rising_fraction` of the steps, then down to 0 along half a cosine."""
    rising = max(1, round(rising_fraction * steps))
    return keras.optimizers.schedules.CosineDecay(0.0, steps - rising, warmup_target=peak, warmup_steps=rising)


@serializable
class SlantedTriangle(keras.optimizers.schedules.LearningRateSchedule):
    """Up quickly and down slowly, both straight (Howard & Ruder 2018, equation 3).

    Parameters
    ----------
    peak : float
    steps : int
    rising_fraction : float
        The share of the steps in which the rate rises.
    ratio : float
        The peak over the lowest rate, with which it begins and ends.
    """

    def __init__(self, peak, steps, rising_fraction=0.1, ratio=32.0):
        self.peak, self.steps, self.rising_fraction, self.ratio = peak, steps, rising_fraction, ratio

    def __call__(self, step):
        """The rate at a step."""
        step, cut = ops.cast(step, "float32"), max(1.0, float(int(self.steps * self.rising_fraction)))
        height = ops.minimum(step / cut, 1 - (step - cut) / (self.steps - cut))
        return self.peak * (1 + ops.clip(height, 0.0, 1.0) * (self.ratio - 1)) / self.ratio

    def get_config(self):
        """The arguments."""
        return {"peak": self.peak, "steps": self.steps, "rising_fraction": self.rising_fraction, "ratio": self.ratio}


@serializable
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Up to the peak and down far below where it began, both along half a cosine.

    After Smith & Topin 2018, who take straight lines.

    Parameters
    ----------
    peak : float
    steps : int
    rising_fraction : float
        The share of the steps in which the rate rises; fastai and PyTorch take 0.3 too.
    first, last : float
        The peak over the first rate, and over the last.
    """

    def __init__(self, peak, steps, rising_fraction=0.3, first=25.0, last=250_000.0):
        self.peak, self.steps, self.rising_fraction, self.first, self.last = peak, steps, rising_fraction, first, last

    def __call__(self, step):
        """The rate at a step."""
        step, cut = ops.cast(step, "float32"), self.rising_fraction * self.steps
        rising = _half_cosine(self.peak / self.first, self.peak, step / cut)
        falling = _half_cosine(self.peak, self.peak / self.last, (step - cut) / (self.steps - cut))
        return ops.where(step < cut, rising, falling)

    def get_config(self):
        """The arguments."""
        return {name: getattr(self, name) for name in ("peak", "steps", "rising_fraction", "first", "last")}


def _half_cosine(start, end, progress):
    progress = ops.clip(progress, 0.0, 1.0)
    return end + (start - end) * (1 + ops.cos(np.pi * progress)) / 2


SCHEDULES = {
    "constant": lambda peak, steps: float(peak),
    "warm-up and cosine": warm_up,
    "cosine": cosine,
    "slanted triangle": SlantedTriangle,
    "one-cycle": OneCycle,
}


def curve(name, peak, steps):
    """The rates of a schedule of `SCHEDULES`, step by step: shape (steps,).

    Raises
    ------
    ValueError
        For a name that no schedule has, or fewer than two steps.
    """
    if name not in SCHEDULES:
        raise ValueError(f"no schedule {name!r}: there are {', '.join(SCHEDULES)}")
    if steps < 2:
        raise ValueError(f"a schedule needs two steps or more, got {steps}")
    schedule = SCHEDULES[name](peak, steps)
    if isinstance(schedule, float):
        return np.full(steps, schedule)
    if not getattr(schedule, "warmup_steps", 0):  # Keras' own warm-up takes one step at a time
        return np.asarray(schedule(np.arange(steps, dtype="float32")), dtype=float)
    return np.array([float(schedule(step)) for step in range(steps)])
