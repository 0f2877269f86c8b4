"""The rate finder: the loss while the learning rate grows shows which rates a model can learn at."""

import numpy as np

from tlcourse.finetuning import recompile


def find_rate(model, images, labels, lowest=1e-6, highest=1.0, steps=60, batch_size=20, seed=0):
    """The loss while the learning rate grows step by step.

    After Smith 2017 (Cyclical Learning Rates, section 3.3), where the rate grows along a straight line and the
    accuracy is watched; growth by a constant factor, and the loss, are fastai's later practice.
    The model's weights are as before afterwards; compile it again.

    Parameters
    ----------
    model : keras.Model
        Gives logits.
    images, labels : array
    lowest, highest : float
        First and last rate; those between grow by a constant factor.
    steps, batch_size, seed : int

    Returns
    -------
    tuple of numpy.ndarray
        Rates and smoothed losses of shape (n,): n is below `steps` where the loss exploded on the way.
    """
    before, rng = model.get_weights(), np.random.default_rng(seed)
    recompile(model, lowest)
    rates, losses, smooth = np.geomspace(lowest, highest, steps), [], None
    for rate in rates:
        model.optimizer.learning_rate.assign(rate)
        batch = rng.choice(len(images), min(batch_size, len(images)), replace=False)
        model.reset_metrics()  # or Keras gives the mean over all the batches so far
        loss = float(model.train_on_batch(images[batch], labels[batch], return_dict=True)["loss"])
        smooth = loss if smooth is None else 0.8 * smooth + 0.2 * loss
        losses.append(smooth)
        if not np.isfinite(smooth) or smooth > 4 * losses[0]:
            break
    model.set_weights(before)
    return rates[: len(losses)], np.array(losses)


def suggested_rate(rates, losses):
    """A tenth of the rate at which the loss was lowest: still falling there, and far from where it explodes."""
    return float(rates[int(np.nanargmin(losses))] / 10)
