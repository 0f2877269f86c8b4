"""Calibration: whether a network that is 80 % sure is right in 80 % of the cases."""

import numpy as np

BINS = 15  # as in Guo et al. 2017


def expected_calibration_error(probabilities, labels, bins=BINS):
    """How far confidence and accuracy lie apart, by bins of confidence (Guo et al. 2017, equation 3).

    The confidence is the probability of the predicted class. Bins have equal width: bin m of M holds the images with
    confidences in ((m - 1) / M, m / M]. The error is the sum over the bins of the bin's share of the images times the
    absolute difference between accuracy and mean confidence in the bin. With few images it is biased upward, also for
    a calibrated network.

    Parameters
    ----------
    probabilities : numpy.ndarray
        Shape (n, classes), rows sum to 1; n is 1 or more.
    labels : numpy.ndarray
        Shape (n,), integers below the number of classes.
    bins : int
        1 or more.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If the shapes do not fit together, there is no image, or a row does not sum to 1.
    """
    probabilities, labels = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1] or not len(labels):
        raise ValueError(
            "probabilities must have shape (n, classes) and labels shape (n,) with n > 0, "
            f"got {probabilities.shape} and {labels.shape}"
        )
    if not np.allclose(probabilities.sum(axis=1), 1, atol=1e-4):
        raise ValueError("each row of probabilities must sum to 1; apply softmax to logits first")
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=correct - confidence, minlength=bins)  # images times (accuracy - confidence)
    return float(np.abs(gaps).sum() / len(labels))
