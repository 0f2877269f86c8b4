"""The interval of a mean and of a paired difference, as runs are added; static and interactive."""

import numpy as np
from scipy import stats

from tlcourse.live_figures import LiveFigure
from tlcourse.plots.charts import interval_bars
from tlcourse.stats import paired_difference, summary


class IntervalExplorer(LiveFigure):
    """Add one run of two methods after another, and watch the intervals of their means and of the difference form.

    Parameters
    ----------
    runs : dict of str to sequence of float
        Two methods and the value of each run; runs at the same place share their seed. At least two runs.
    quantity : str
        What the values are, for the axis.
    """

    def __init__(self, runs, quantity="accuracy"):
        if len(runs) != 2:
            raise ValueError(f"runs must hold two methods, got {list(runs)}")
        first, second = (np.asarray(values, dtype=float) for values in runs.values())
        rows = {name: summary(values) for name, values in runs.items()}
        rows["difference"] = paired_difference(first, second)
        data = {
            "names": list(runs),
            "series": [first.tolist(), second.tolist()],
            "quantiles": [float(stats.t.ppf(0.975, freedom)) for freedom in range(1, len(first))],
            "quantity": quantity,
        }
        super().__init__(
            "intervals",
            data,
            lambda figure: interval_bars(rows, percent=False, ax=figure.add_subplot()),
            (7, 2.2),
            f"The mean {quantity} of {' and '.join(runs)} after {len(first)} runs, and that of their difference, with "
            "95% confidence intervals; a button adds one run after another.",
        )
