"""The same random numbers for every submission, in the checker and in the student's process."""

import random
import sys


def seed_everything(seed=0):
    """Seed Python's generator, and those of numpy and Keras where they are imported."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)
