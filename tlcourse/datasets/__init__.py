"""The course's datasets, one module or package each. Loaders return `LabeledImages`; reviews are `LabeledTexts`."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LabeledImages:
    """Images and what each of them shows.

    Attributes
    ----------
    images : numpy.ndarray
        Shape (n, height, width, 3), dtype uint8, values 0 to 255.
    labels : numpy.ndarray
        Shape (n,), dtype int64: ``class_names[labels[i]]`` is what ``images[i]`` shows.
    class_names : tuple of str
    source : str
        Where the images come from, and under which license.
    """

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple
    source: str

    def __post_init__(self):
        if self.images.ndim != 4 or self.images.shape[-1] != 3 or self.images.dtype != np.uint8:
            raise ValueError(
                "images must have shape (n, height, width, 3) and dtype uint8, "
                f"got {self.images.shape} and {self.images.dtype}"
            )
        if self.labels.shape != (len(self.images),):
            raise ValueError(f"{len(self.images)} images need as many labels, got shape {self.labels.shape}")

    def __len__(self):
        return len(self.images)

    def take(self, index):
        """The images at `index` (integers, a slice, or a boolean mask), as a dataset of their own."""
        return LabeledImages(self.images[index], self.labels[index], self.class_names, self.source)

    def per_class(self, count, seed):
        """`count` images of each class, sampled without replacement, in shuffled order.

        With the same seed a smaller draw is part of a larger one.

        Raises
        ------
        ValueError
            If a class has fewer than `count` images.
        """
        rng = np.random.default_rng(seed)
        chosen = []
        for label, name in enumerate(self.class_names):
            members = np.flatnonzero(self.labels == label)
            if len(members) < count:
                raise ValueError(f"class {name!r} has {len(members)} images, fewer than the {count} asked for")
            chosen.append(rng.permutation(members)[:count])
        return self.take(rng.permutation(np.concatenate(chosen)))
