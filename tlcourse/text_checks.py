"""Views, as in `tlcourse.model_checks`, of functions of the text unit."""

import numpy as np

from tlcourse import checks


def zeros_and_ones(function):
    """View of an attention mask: (length, objective, order) to rows of 0 and 1, whether these came as truth values,
    whole numbers or floats.

    It fails unless the mask is square, of the length asked for, and holds nothing but 0 and 1.
    """

    def show(length, objective, order):
        came = function(length, objective, order)
        checks.require(came is not None, "The mask is None. Is a `return` missing?")
        mask = np.asarray(came)
        checks.require(
            mask.shape == (length, length),
            f"A mask for {length} positions has shape ({length}, {length}), and not {mask.shape}.",
        )
        kinds = mask.dtype.kind in "biuf"
        checks.require(bool(kinds and np.isin(mask, (0, 1)).all()), "A mask holds 0 and 1, or False and True.")
        return mask.astype(int).tolist()

    show.__name__ = function.__name__
    return show
