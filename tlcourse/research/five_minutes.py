"""The headline's best baseline, with all the time that it may ask for: five minutes on the processors of this machine.

No seed repeats it to the last digit, since the clock decides how many epochs it is: `make bench` measures it.
"""

import math
import time

import keras
from scipy.stats import binomtest

from tlcourse.datasets import faces
from tlcourse.networks import refresh_batch_norm, small_cnn
from tlcourse.research import headline

SECONDS = 300
LEARNING_RATE = 2e-3  # as in the headline, chosen on `faces.development` people


class UntilTimeIsUp(keras.callbacks.Callback):
    """Lower the learning rate along half a cosine of the time that has passed, and stop when it is up.

    Parameters
    ----------
    seconds : float
    learning_rate : float
        At the beginning; the model is compiled with a number as its rate, not with a schedule.

    Raises
    ------
    ValueError
        If there is no time.
    """

    def __init__(self, seconds, learning_rate):
        super().__init__()
        if not seconds > 0:
            raise ValueError(f"seconds must be more than 0, got {seconds}")
        self.seconds, self.learning_rate, self.start = seconds, learning_rate, time.perf_counter()

    def on_epoch_begin(self, epoch, logs=None):
        """Set the rate of this epoch."""
        self.model.optimizer.learning_rate = self.learning_rate * (1 + math.cos(math.pi * self._passed())) / 2

    def on_epoch_end(self, epoch, logs=None):
        """Stop after the first epoch that ends too late."""
        self.model.stop_training = self._passed() >= 1

    def _passed(self):
        return min(1.0, (time.perf_counter() - self.start) / self.seconds)


def run(seed=0, seconds=SECONDS):
    """One group of 65 people: the small CNN with varied images for so many seconds, and the teacher's features.

    Parameters
    ----------
    seed : int
        Of `faces.headline`.
    seconds : float
        For all that the baseline does in training, building and tracing included.

    Returns
    -------
    dict
        "baseline" and "transfer", accuracies; "baseline_ci95", Wilson's interval of it for so many test images;
        "error_ratio"; "epochs" and "seconds" of the baseline; "seed".

    Raises
    ------
    ValueError
        If `seconds` is not more than 0, or `seed` is outside 0 to 152.
    """
    train, test = faces.headline(seed)
    start = time.perf_counter()
    clock = UntilTimeIsUp(seconds, LEARNING_RATE)
    keras.utils.set_random_seed(seed)
    model = small_cnn(headline.PEOPLE, pool_first=True)
    headline.compile_recipe(model, LEARNING_RATE, len(train))
    forever = 1_000_000
    history = model.fit(
        train.images, train.labels, batch_size=headline.BATCH, epochs=forever, callbacks=[clock], verbose=0
    )
    refresh_batch_norm(model, train.images)
    took = time.perf_counter() - start
    baseline = headline.accuracy(model, test, mirror=True)
    interval = binomtest(round(baseline * len(test)), len(test)).proportion_ci(method="wilson")
    transfer, _ = headline.transfer(train, test, seed)
    return {
        "baseline": baseline,
        "baseline_ci95": [float(interval.low), float(interval.high)],
        "transfer": transfer,
        "error_ratio": headline.error_ratio(transfer, baseline),
        "epochs": len(history.epoch),
        "seconds": took,
        "seed": seed,
    }
