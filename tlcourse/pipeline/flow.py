"""The steps between raw files and features, and what the driver decides between them: `run`."""

import collections
import functools
import hashlib
import shutil

import numpy as np

from tlcourse.pipeline import Job, lineage, partitions
from tlcourse.teachers.catalog import CATALOG

KEPT = "kept"
_CHECKED = {"name": "string", "person": "string", "status": "string", "digest": "string"}
_EMBEDDED = {"name": "string", "person": "string", "split": "string", "digest": "string", "features": "array<float>"}
_SPACE = (50_000_000, 20_000)  # bytes that the work folder must have: at least, and for each file


def run(raw, work, engine, steps, people, test_share, teacher):
    """See `tlcourse.pipeline.run`."""
    if not 0 <= test_share <= 1:
        raise ValueError(f"test_share must be between 0 and 1, got {test_share}")
    if teacher not in CATALOG:
        raise ValueError(f"no teacher {teacher!r}: there are {', '.join(CATALOG)}")
    rows, size = list_files(raw), CATALOG[teacher].input_size
    require_space(work, len(rows["name"]))
    made_with = partitions.digest([lineage.code_digest(steps), teacher, people, test_share, str(raw.resolve())])
    check = functools.partial(check_files, raw=raw.resolve(), read_image=steps.read_image, size=size, people=people)
    engine.run(Job(check, rows, work / "checked", _CHECKED, made_with, steps.pending))
    checked = decided(partitions.read(work / "checked"), steps.first_of_each)
    load = functools.partial(load_teacher, teacher)
    embed = functools.partial(embed_files, raw=raw.resolve(), steps=steps, load=load, size=size)
    chosen = with_split(checked, steps.split_of, test_share)
    engine.run(Job(embed, chosen, work / "features", _EMBEDDED, made_with, steps.pending))
    return lineage.write(work, engine, steps, teacher, checked, partitions.read(work / "features"))


def list_files(raw):
    """Name, size and time of change of each file in the folders of people.

    The last two are only there so that a changed file makes its chunk pending again.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    paths = sorted(path for path in raw.glob("*/*") if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise FileNotFoundError(f"{raw} has no files in folders of people: it should have PERSON/FILE")
    stats = [path.stat() for path in paths]
    return {
        "name": np.array([path.relative_to(raw).as_posix() for path in paths]),
        "bytes": np.array([stat.st_size for stat in stats]),
        "changed": np.array([stat.st_mtime_ns for stat in stats]),
    }


def require_space(work, files):
    """Raise an OSError if the disk of the work folder has too little space for the results of so many files."""
    folder = work.resolve()
    while not folder.exists():
        folder = folder.parent
    needed, free = _SPACE[0] + _SPACE[1] * files, shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(
            f"{work} has {free / 1e6:.0f} MB of free disk space, and {files} files need {needed / 1e6:.0f} MB: "
            "free some, or choose a work folder on another disk"
        )


def check_files(batches, raw, read_image, size, people):
    """Step: whether each file is an image of somebody, and a digest of its pixels ("" without any)."""
    for batch in batches:
        names = [str(name) for name in batch["name"]]
        persons = [name.split("/")[0] for name in names]
        digests = [pixel_digest(read_image((raw / name).read_bytes(), size)) for name in names]
        belongs = [people is None or person in people for person in persons]
        yield {
            "name": np.array(names),
            "person": np.array(persons),
            "status": np.array([_status(*each) for each in zip(digests, belongs, strict=True)]),
            "digest": np.array(digests),
        }


def pixel_digest(image):
    """SHA-256 of an image's pixels; "" for None."""
    return "" if image is None else hashlib.sha256(np.ascontiguousarray(image)).hexdigest()


def _status(digest, belongs):
    if not digest:
        return "unreadable"
    return KEPT if belongs else "unknown person"


def decided(checked, first_of_each):
    """The checked rows with the two statuses that need all rows: "two people" and "copy"."""
    status = checked["status"].astype(object)
    usable = status == KEPT
    owners = collections.defaultdict(set)
    for digest, person in zip(checked["digest"][usable], checked["person"][usable], strict=True):
        owners[digest].add(person)
    disputed = np.array([len(owners[digest]) > 1 for digest in checked["digest"]])
    status[usable & disputed] = "two people"
    usable &= ~disputed
    first = set(first_of_each(checked["name"][usable].tolist(), checked["digest"][usable].tolist()))
    status[usable & np.array([name not in first for name in checked["name"].tolist()])] = "copy"
    return {**checked, "status": status.astype(str)}


def with_split(checked, split_of, test_share):
    """The kept rows, with the split of their person."""
    rows = partitions.take(checked, checked["status"] == KEPT)
    split = {person: split_of(person, test_share) for person in set(rows["person"].tolist())}
    splits = np.array([split[person] for person in rows["person"].tolist()])
    return {"name": rows["name"], "person": rows["person"], "split": splits, "digest": rows["digest"]}


def embed_files(batches, raw, steps, load, size):
    """Step: the rows with their features. The student's generator gets nothing but images."""
    waiting = collections.deque()

    def images():
        for batch in batches:
            waiting.append(batch)
            yield _images(raw, batch, steps.read_image, size)

    for features in steps.embed(images(), load):
        batch = waiting.popleft()
        yield {**{name: np.asarray(column) for name, column in batch.items()}, "features": np.asarray(features)}


def _images(raw, batch, read_image, size):
    """The images of a batch, shape (n, size, size, 3), uint8."""
    images = [read_image((raw / str(name)).read_bytes(), size) for name in batch["name"]]
    for name, image, digest in zip(batch["name"], images, batch["digest"], strict=True):
        if pixel_digest(image) != digest:
            raise RuntimeError(f"{raw / str(name)} has changed since it was checked: run the pipeline again")
    return np.stack(images)


@functools.cache  # once in each process, however many chunks it gets
def load_teacher(name):
    """The teacher without its head, as a function from uint8 images (n, h, w, 3) to float32 features (n, d)."""
    from tlcourse import keras_settings, teachers

    keras_settings.import_quietly()  # in each worker, whose notes would come between those of a notebook
    import tensorflow as tf

    model = teachers.load(name, head=False)
    signature = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)
    compute = tf.function(lambda images: model(images, training=False), input_signature=[signature])
    return lambda images: compute(teachers.preprocess(name, images)).numpy()
