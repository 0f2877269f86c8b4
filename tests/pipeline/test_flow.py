"""From raw files to features: the rows equal the known truth, and bad input gives one clear line."""

import collections
import json

import numpy as np
import pytest

from tlcourse import pipeline
from tlcourse.pipeline import flow, partitions
from tlcourse.pipeline.local_engine import LocalEngine
from tlcourse.research.killed_worker import projection
from tlcourse.research.pipeline_steps import STEPS, split_of
from tlcourse.samples import raw_files

PEOPLE = range(20_000, 20_008)
NAMES = [f"person_{person}" for person in PEOPLE]
PROJECTED = STEPS._replace(embed=projection)  # features without TensorFlow


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder of messy files, their truth, the work folder after a run, and the lineage record."""
    folder = tmp_path_factory.mktemp("flow")
    truth = raw_files.write(folder / "raw", PEOPLE, images_each=10, seed=1)
    record = pipeline.run(folder / "raw", folder / "work", LocalEngine(1, chunk_rows=32), PROJECTED, NAMES)
    return folder / "raw", truth, folder / "work", record


def test_every_file_gets_its_true_status(finished):
    _, truth, work, _ = finished
    checked = flow.decided(partitions.read(work / "checked"), STEPS.first_of_each)
    statuses = dict(zip(checked["name"].tolist(), checked["status"].tolist(), strict=True))
    assert statuses == {name: row.status for name, row in truth.items()}


def test_the_rows_equal_the_truth(finished):
    _, truth, work, _ = finished
    rows = partitions.read(work / "features")
    kept = {name: row for name, row in truth.items() if row.status == "kept"}
    assert rows["name"].tolist() == list(kept)
    assert rows["person"].tolist() == [row.person for row in kept.values()]
    assert rows["split"].tolist() == [split_of(row.person, 0.25) for row in kept.values()]
    for digest, row in zip(rows["digest"].tolist(), kept.values(), strict=True):
        assert digest == flow.pixel_digest(row.image) or row.kind == "large"


def test_the_features_are_those_of_the_images(finished):
    _, truth, work, _ = finished
    rows = partitions.read(work / "features")
    exact = [index for index, name in enumerate(rows["name"].tolist()) if truth[name].kind != "large"]
    images = np.stack([truth[rows["name"][index]].image for index in exact])
    expected = next(projection(iter([images]), None))
    np.testing.assert_allclose(rows["features"][exact], expected, atol=1e-3)


def test_nobody_is_on_both_sides(finished):
    rows = partitions.read(finished[2] / "features")
    sides = collections.defaultdict(set)
    for person, split in zip(rows["person"].tolist(), rows["split"].tolist(), strict=True):
        sides[person].add(split)
    assert all(len(splits) == 1 for splits in sides.values())
    assert {split for splits in sides.values() for split in splits} == {"train", "test"}


def test_the_lineage_counts_every_file(finished):
    _, truth, work, record = finished
    counts = collections.Counter(row.status for row in truth.values())
    assert {status: record["counts"][status] for status in counts} == dict(counts)
    assert record["inputs"]["files"] == len(truth)
    assert record["outputs"]["rows"] == counts["kept"] == record["counts"]["train"] + record["counts"]["test"]
    assert json.loads((work / "lineage.json").read_text(encoding="utf-8")) == record


def test_the_lineage_changes_with_an_input_and_with_the_code(finished, tmp_path):
    _, _, _, record = finished
    raw_files.write(tmp_path / "raw", PEOPLE, images_each=10, seed=1)
    victim = next((tmp_path / "raw").glob("person_*/*_0003.png"))
    victim.write_bytes(b"")
    other = PROJECTED._replace(split_of=lambda person, share: "train")
    changed = pipeline.run(tmp_path / "raw", tmp_path / "work", LocalEngine(1), other, NAMES)
    for part in ("inputs", "code", "outputs"):
        assert changed[part]["sha256"] != record[part]["sha256"], part
    assert changed["teacher"] == record["teacher"]


def test_all_folders_are_people_by_default(finished, tmp_path):
    raw = finished[0]
    record = pipeline.run(raw, tmp_path, LocalEngine(1), PROJECTED)
    assert "unknown person" not in record["counts"]


def test_the_teacher_is_loaded_once_in_a_process(monkeypatch):
    from tlcourse import teachers

    loads = []
    original = teachers.load
    monkeypatch.setattr(teachers, "load", lambda *args, **kwargs: loads.append(args) or original(*args, **kwargs))
    flow.load_teacher.cache_clear()
    images = np.zeros((3, 48, 48, 3), np.uint8)
    for _ in range(3):
        features = flow.load_teacher("faces_vgg16")(images)
    assert len(loads) == 1
    assert features.shape == (3, 192)
    assert features.dtype == np.float32


def test_rejects_a_folder_without_files(tmp_path):
    (tmp_path / "raw").mkdir()
    with pytest.raises(FileNotFoundError, match="PERSON/FILE"):
        pipeline.run(tmp_path / "raw", tmp_path / "work", LocalEngine(1), PROJECTED)


@pytest.mark.parametrize(
    ("options", "message"), [({"test_share": 1.5}, "got 1.5"), ({"teacher": "oracle"}, "'oracle'")]
)
def test_rejects_settings_that_make_no_sense(options, message, finished, tmp_path):
    with pytest.raises(ValueError, match=message):
        pipeline.run(finished[0], tmp_path, LocalEngine(1), PROJECTED, **options)


def test_a_full_disk_is_noticed_before_anything_is_written(finished, tmp_path, monkeypatch):
    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(flow.shutil, "disk_usage", lambda folder: usage(10**12, 10**12, 3_000_000))
    with pytest.raises(OSError, match=r"3 MB of free disk space, and \d+ files need 5\d MB"):
        pipeline.run(finished[0], tmp_path / "new" / "work", LocalEngine(1), PROJECTED)
    assert not (tmp_path / "new").exists()


def test_a_file_that_changes_during_the_run_is_named(finished, tmp_path):
    raw_files.write(tmp_path / "raw", PEOPLE, images_each=10, seed=1)

    def changing(batches, load):
        for path in (tmp_path / "raw").glob("*/*.png"):
            path.write_bytes(b"")
        return projection(batches, load)

    with pytest.raises(RuntimeError, match="has changed since it was checked"):
        pipeline.run(tmp_path / "raw", tmp_path / "work", LocalEngine(1), STEPS._replace(embed=changing), NAMES)
