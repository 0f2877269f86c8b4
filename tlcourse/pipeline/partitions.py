"""Rows in parts: split into chunks, written whole or not at all, and read back in the order of their names.

A chunk's files are ``NAME.npz`` and, written after it, ``NAME.json`` with the number of its bytes. A file that is
missing, or of another size, does not count as done.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from tlcourse import storage

_LIST = "_parts.json"  # names the parts of a finished folder
_SPARK_DONE = "_SUCCESS"


def length(batch):
    """How many rows a batch has."""
    return len(next(iter(batch.values())))


def take(batch, index):
    """The rows at `index`, a slice, positions or a boolean array."""
    return {name: np.asarray(column)[index] for name, column in batch.items()}


def joined(batches):
    """The rows of several batches in one."""
    batches = list(batches)
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]} if batches else {}


def sliced(batch, size):
    """The batch in batches of `size` rows, the last one of fewer."""
    return (take(batch, slice(start, start + size)) for start in range(0, length(batch), size))


def chunks(rows, size, made_with):
    """The rows in chunks: a dictionary of name to batch.

    A name holds a digest of the rows and of `made_with`. What an earlier run wrote for other rows, or with other code,
    therefore does not count for this one.
    """
    parts = {}
    for number, batch in enumerate(sliced(rows, size)):
        parts[f"part-{number:05d}-{digest([made_with, listed(batch)])[:12]}"] = batch
    return parts


def digest(content):
    """SHA-256 of what JSON can hold, in hexadecimal digits."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def listed(batch):
    """The columns as lists."""
    return {name: np.asarray(column).tolist() for name, column in batch.items()}


def write(batch, folder, name):
    """Write a chunk's rows, then the proof that its file is whole.

    Raises
    ------
    OSError
        If the folder cannot be written to or the disk is full; no file is left then.
    """
    folder = Path(folder)
    with storage.whole_file(folder / f"{name}.npz") as partial, open(partial, "wb") as file:
        np.savez(file, **batch)
    size = (folder / f"{name}.npz").stat().st_size
    storage.write_json(folder / f"{name}.json", {"bytes": size, "rows": length(batch)})


def finish(folder, names):
    """Say that these parts are all; remove what earlier runs left behind."""
    folder = Path(folder)
    wanted = {f"{name}{suffix}" for name in names for suffix in (".npz", ".json")}
    for path in folder.iterdir():
        if path.is_file() and path.name not in wanted:
            path.unlink()
    storage.write_json(folder / _LIST, list(names))


def begin(folder):
    """Make the folder; from now on it does not count as finished."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _LIST).unlink(missing_ok=True)
    (folder / _SPARK_DONE).unlink(missing_ok=True)


def read(folder):
    """All rows of a finished folder, in the order of the column "name".

    Parameters
    ----------
    folder : path-like
        Written by either engine.

    Returns
    -------
    dict of str to numpy.ndarray
        Features have shape (rows, d), float32; texts are strings of NumPy.

    Raises
    ------
    ValueError
        If the folder is not finished, or a part of it is damaged.
    """
    folder = Path(folder)
    if (folder / _LIST).is_file():
        names = json.loads((folder / _LIST).read_text(encoding="utf-8"))
        rows = joined(_part(folder / f"{name}.npz") for name in names)
    elif (folder / _SPARK_DONE).is_file():
        rows = _parquet(folder)
    else:
        raise ValueError(f"{folder} is not finished: run the pipeline again, and it goes on where it stopped")
    return take(rows, np.argsort(rows["name"])) if rows else rows


def _part(path):
    try:
        with np.load(path) as stored:
            return dict(stored)
    except Exception as error:  # a zip file can be damaged in many ways
        raise ValueError(f"{path} is damaged ({error}): delete it and run the pipeline again") from error


def _parquet(folder):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(folder)
    columns = {name: table[name].to_numpy() for name in table.column_names}
    return {
        name: np.stack(column).astype(np.float32) if name == "features" else column.astype(str)
        for name, column in columns.items()
    }
