"""From a folder of raw image files to a table of features: the same steps on one machine or on a cluster.

`run` hands the steps to an engine: `local_engine.LocalEngine` needs only the course, `spark_engine.SparkEngine` needs
`tlcourse[spark]` and Java. A step is a generator function from batches to batches, and knows neither of them. A batch
is a dictionary of columns of equal length.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple


class Steps(NamedTuple):
    """The functions that decide about rows. Unit 11 writes them as exercises."""

    read_image: Callable  # (content, size) to pixels, uint8 of shape (size, size, 3), or None for a damaged file
    first_of_each: Callable  # (names, digests) to the sorted names to keep, one for each digest
    split_of: Callable  # (person, test_share) to "train" or "test"
    embed: Callable  # (batches of images, load) to batches of features, a generator
    pending: Callable  # (chunks, folder) to the chunks without a whole file


class Job(NamedTuple):
    """What an engine runs."""

    step: Callable[[Iterator[dict]], Iterator[dict]]
    rows: dict  # all rows, with small columns only
    into: Path  # the folder for the part files; `partitions.read` reads it
    columns: dict  # column of the result to its type in Spark's words
    made_with: str  # a digest of all else that decides about the result: code, teacher, settings
    pending: Callable  # of `Steps`; Spark has its own way


def run(raw, work, engine, steps, people=None, test_share=0.25, teacher="faces_vgg16"):
    """Check the raw files, drop the unusable ones, split by person, and compute the teacher's features.

    Parameters
    ----------
    raw : path-like
        A folder with a folder of files for each person.
    work : path-like
        For the results: ``checked/`` (all files), ``features/`` (those that are kept) and ``lineage.json``. Where
        a run was interrupted, the next one goes on.
    engine : LocalEngine or SparkEngine
    steps : Steps
    people : sequence of str, optional
        The names of the folders that are people. By default, all are.
    test_share : float
        The share of people in the test split, 0 to 1.
    teacher : str
        A key of `tlcourse.teachers.CATALOG`.

    Returns
    -------
    dict
        The lineage record, see `lineage.record`.

    Raises
    ------
    FileNotFoundError
        If `raw` has no files.
    ValueError
        For a share outside 0 to 1, or a teacher that does not exist.
    OSError
        If the disk of `work` has too little space.
    RuntimeError
        If a part fails again and again.
    """
    from tlcourse.pipeline import flow  # only here, so that `Steps` can be imported without NumPy and Keras

    return flow.run(Path(raw), Path(work), engine, steps, people, test_share, teacher)
