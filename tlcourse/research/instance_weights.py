"""Instance transfer: a straight line through a curve, its source points weighted towards the target (C33)."""

import numpy as np

from tlcourse.domains.covariate_shift import density_ratios, sample_domains


def run(seed):
    """Squared error on the target of the ``plain`` line and of the ``weighted`` one."""
    source, outputs, target, true_outputs = sample_domains(seed)
    root = np.sqrt(density_ratios(source, target))
    lines = {"plain": np.polyfit(source, outputs, 1), "weighted": np.polyfit(source, outputs, 1, w=root)}
    return {name: float(np.mean((np.polyval(line, target) - true_outputs) ** 2)) for name, line in lines.items()}
