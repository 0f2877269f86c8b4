"""Spark gives the rows of the plain engine, on one machine and on a cluster, with a worker killed and without."""

import functools
import inspect
import io

import keras
import numpy as np
import pytest
from PIL import Image
from spark_cluster import standalone_cluster

from tlcourse import pipeline
from tlcourse.datasets import LabeledImages
from tlcourse.pipeline import deployment, partitions
from tlcourse.pipeline.local_engine import LocalEngine
from tlcourse.pipeline.spark_engine import SparkEngine
from tlcourse.research.killed_worker import differences, killing, projection
from tlcourse.research.pipeline_steps import STEPS
from tlcourse.samples import raw_files

pytestmark = pytest.mark.needs_spark
PEOPLE = range(20_000, 20_004)
PROJECTED = STEPS._replace(embed=projection)


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark") / "raw"
    raw_files.write(folder, PEOPLE, images_each=15, seed=2)
    return folder


@pytest.fixture(scope="module")
def plain(raw):
    """The lineage record and the rows of the plain engine."""
    record = pipeline.run(raw, raw.parent / "plain", LocalEngine(1), PROJECTED)
    return record, partitions.read(raw.parent / "plain" / "features")


@pytest.fixture(scope="module")
def spark():
    with SparkEngine(partitions_count=4) as engine:
        yield engine


def assert_equal_to_plain(work, record, plain):
    rows = partitions.read(work / "features")
    for part in ("inputs", "code", "teacher", "counts", "outputs"):
        assert record[part] == plain[0][part], part
    assert {name: column.dtype.kind for name, column in rows.items()} == {
        name: column.dtype.kind for name, column in plain[1].items()
    }
    outcome = differences(rows, plain[1])
    assert (outcome["lost"], outcome["doubled"]) == (0, 0)
    np.testing.assert_allclose(rows["features"], plain[1]["features"], atol=1e-4)


def test_gives_the_rows_of_the_plain_engine(raw, plain, spark, tmp_path):
    assert_equal_to_plain(tmp_path, pipeline.run(raw, tmp_path, spark, PROJECTED), plain)


def test_a_killed_worker_loses_and_doubles_nothing(raw, plain, spark, tmp_path):
    embed = functools.partial(killing, mark=str(tmp_path / "killed"))
    pipeline.run(raw, tmp_path, spark, STEPS._replace(embed=embed))
    assert (tmp_path / "killed").exists()
    outcome = differences(partitions.read(tmp_path / "features"), plain[1])
    assert (outcome["lost"], outcome["doubled"]) == (0, 0)
    assert outcome["largest_difference"] < 1e-4


def test_a_job_that_fails_leaves_no_rows_and_one_line(raw, spark, tmp_path):
    def faulty(content, size):
        raise ZeroDivisionError("no images today")

    with pytest.raises(RuntimeError, match=r"could not finish .*checked: ZeroDivisionError: no images today$"):
        pipeline.run(raw, tmp_path, spark, STEPS._replace(read_image=faulty))
    with pytest.raises(ValueError, match="not finished"):
        partitions.read(tmp_path / "checked")


def test_functions_of_a_notebook_reach_the_workers(raw, plain, spark, tmp_path):
    cell = {"__name__": "__main__", "np": np, "io": io, "Image": Image}
    exec(inspect.getsource(STEPS.read_image), cell)
    record = pipeline.run(raw, tmp_path, spark, PROJECTED._replace(read_image=cell["read_image"]))
    assert record["outputs"] == plain[0]["outputs"]


def test_scores_in_batches_like_the_plain_engine(raw, spark, tmp_path):
    keras.utils.set_random_seed(0)
    base = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten()])
    kernel = np.random.default_rng(1).normal(size=(8 * 8 * 3, 3)).astype(np.float32)
    images = LabeledImages(np.zeros((3, 8, 8, 3), np.uint8), np.arange(3), ("a", "b", "c"), "made up")
    folder = tmp_path / "model"
    deployment.export_all(base, "none", kernel, np.zeros(3, np.float32), images, folder)
    names = np.array(sorted(path.relative_to(raw).as_posix() for path in raw.rglob("*") if path.is_file()))
    step = functools.partial(deployment.score_files, raw=raw, folder=folder, read_image=STEPS.read_image)
    rows = []
    for engine in (spark, LocalEngine(1)):
        job = pipeline.Job(step, {"name": names}, tmp_path / engine.name, deployment.SCORED, "test", STEPS.pending)
        engine.run(job)
        rows.append(partitions.read(tmp_path / engine.name))
    assert sorted(rows[0]["name"].tolist()) == names.tolist()
    assert len(set(rows[0]["label"].tolist())) > 2  # two classes at least, and "" for what is no image
    for part in ("name", "label"):
        assert rows[0][part].tolist() == rows[1][part].tolist()


@pytest.fixture
def without_session(spark):
    """Spark has one session at a time: that of the other tests pauses."""
    spark.__exit__()
    yield
    spark.__enter__()


def test_the_same_code_runs_on_a_cluster(raw, plain, without_session, tmp_path):
    with standalone_cluster(tmp_path) as address:
        options = {"spark.executor.memory": "512m", "spark.cores.max": "2"}
        with SparkEngine(address, partitions_count=4, options=options) as engine:
            record = pipeline.run(raw, tmp_path / "work", engine, PROJECTED)
    assert_equal_to_plain(tmp_path / "work", record, plain)
