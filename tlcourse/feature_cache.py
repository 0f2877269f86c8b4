"""The cache of features: NumPy files on disk, each named after everything that its content depends on.

It is not joblib.Memory: that loads a file with a flipped byte without noticing, and loading its pickles runs whatever
code they hold.
"""

import functools
import hashlib
import os
import re
import time
import zipfile
import zlib

import numpy as np

from tlcourse import storage

_CACHE_BYTES = 2 << 30  # beyond this the features that were made first go
_STALE_SECONDS = 24 * 3600  # after which what an interrupted write left behind is removed
_DAMAGED = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


def cache_file(extractor, images):
    """Where the features of images are kept; the name changes with whatever could change the result."""
    graph = re.sub(r', "shared_object_id": \d+', "", extractor.to_json())
    for number, layer in enumerate(extractor.layers):  # by number: Keras counts nameless layers through a whole session
        graph = graph.replace(f'"{layer.name}"', f'"layer {number}"')
    digest = hashlib.sha256(graph.encode())
    for array in (*extractor.get_weights(), images):
        digest.update(f"{array.shape} {array.dtype}".encode())
        digest.update(np.ascontiguousarray(array))
    return storage.cache_folder() / "features" / f"{digest.hexdigest()}.npz"


def read(path, shape):
    """Features kept earlier, or None if they are not there, not whole or not of this shape."""
    try:
        with np.load(path) as stored:
            features = stored["features"]
    except _DAMAGED:
        return None
    return features if features.shape == shape and features.dtype == np.float32 else None


def keep(path, features):
    """Write features; where that is not possible, print why, once."""
    try:
        _tidy(path.parent)
        with storage.whole_file(path) as partial, open(partial, "wb") as file:
            np.savez(file, features=features)  # a zip file, so that damage shows in its check sums
    except OSError as error:
        _print_once(f"Features are not kept: {path.parent}: {error.strerror or error}. "
                  "Set TLCOURSE_CACHE to a folder with free space that you may write to.")  # fmt: skip


def _tidy(folder):
    """Remove what interrupted writes left behind, and the oldest features where they are too many."""
    files = sorted((path for path in folder.glob("*") if path.is_file()), key=os.path.getmtime, reverse=True)
    total = 0
    for path in files:
        total += path.stat().st_size
        stale = path.suffix == ".partial" and time.time() - path.stat().st_mtime > _STALE_SECONDS
        if stale or total > _CACHE_BYTES:
            path.unlink()


@functools.cache
def _print_once(message):
    print(message)
