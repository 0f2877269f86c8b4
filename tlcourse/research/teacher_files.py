"""The files of a teacher that the course ships: weights as float16, and beside them the model card.

`tlcourse.teachers.weights` reads what this module writes.
"""

import json

import numpy as np

from tlcourse import storage
from tlcourse.teachers import weights

_LARGEST_DIFFERENCE = 0.05  # between the outputs before and after rounding, in their standard deviations


def save_shipped(model, name, card, folder=None):
    """Write a model's weights as float16, with its model card beside them, and check what was written.

    Parameters
    ----------
    model : keras.Model
        Made by `tlcourse.networks.narrow_vgg16` or `tlcourse.text.build_encoder`.
    name : str
        The files are `name`.npz (arrays w000, w001 ... in the order of ``get_weights()``) and `name`.json.
    card : dict
        Data, recipe, accuracy, license ...; and "architecture", the arguments of that function that make the
        model, unless its number of classes is the only one. What can be measured here is added.
    folder : path-like, optional
        data/teachers unless given.

    Returns
    -------
    dict
        The card as written.

    Raises
    ------
    ValueError
        If a weight does not fit into float16, or rounding changes the outputs visibly; nothing is written then.
    """
    card = {"architecture": {"classes": model.output_shape[-1]}, **card}
    weights_file, card_file = weights.shipped_files(name, folder)
    arrays = _rounded(model)
    with storage.whole_file(weights_file) as partial:
        with open(partial, "wb") as file:
            np.savez_compressed(file, **arrays)  # its dates are fixed: the same weights give the same bytes
        difference = _output_difference(model, weights.read_arrays(partial), card["architecture"])
        if difference > _LARGEST_DIFFERENCE:
            raise ValueError(f"float16 moves the outputs of {name} by {difference:.3g} standard deviations")
    written = {
        "name": name,
        "file": weights_file.name,
        **card,
        "sha256": storage.checksum(weights_file),
        "bytes": weights_file.stat().st_size,
        "parameters": model.count_params(),
        "float16_difference": round(difference, 6),
    }
    with storage.whole_file(card_file) as partial:
        partial.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8", newline="\n")
    return written


def _rounded(model):
    """The weights as float16 under the names that the file gives them."""
    with np.errstate(over="ignore"):
        arrays = {f"w{index:03d}": array.astype(np.float16) for index, array in enumerate(model.get_weights())}
    for (key, array), variable in zip(arrays.items(), model.weights, strict=True):
        if not np.isfinite(array).all():
            raise ValueError(f"{variable.path} ({key}) holds a value that float16 cannot: its range ends at 65,504")
    return arrays


def _output_difference(model, arrays, architecture):
    """The largest change of an output between `model` and its rounded weights, on images or texts of noise."""
    rng = np.random.default_rng(0)
    if "vocabulary_size" in architecture:
        noise = rng.integers(1, architecture["vocabulary_size"], (64, 16)).astype(np.int32)
    else:
        noise = rng.integers(0, 256, (64, *model.input_shape[1:])).astype(np.float32)
    before, after = (np.asarray(each(noise, training=False)) for each in (model, weights.build(architecture, arrays)))
    return float(np.max(np.abs(after - before)) / (np.std(before) + 1e-12))
