"""The engine for many machines: the same steps in Apache Spark, as an iterator of pandas frames (`mapInPandas`).

Spark writes Parquet files into a temporary folder and moves them when all tasks are done. A killed worker is replaced
and its task runs again; a run that ends early leaves no rows.
"""

import os
import sys
from pathlib import Path

import numpy as np

import tlcourse
from tlcourse.pipeline import partitions, spark_environment

BATCH_ROWS = 128  # rows in a frame, as in the local engine


class SparkEngine:
    """Runs a job in Spark. Use it in a ``with`` block, which starts Spark and stops it.

    Parameters
    ----------
    master : str
        ``local[2,4]`` is two cores of this machine, and a task is tried up to four times before the run ends (with
        ``local[2]`` once, so a killed worker ends the run). ``spark://host:7077`` is a cluster; its machines must see
        the folders of raw files and of results under the same paths, and have the course installed.
    partitions_count : int
        Parts that the rows are divided into; a few for each core.
    driver_port : int, optional
        The port on which executors reach this process, where a firewall allows only some.
    options : dict, optional
        Further settings of Spark, such as ``{"spark.executor.memory": "4g"}``.

    Raises
    ------
    SparkUnavailable
        When the block is entered: if something that Spark needs is missing.
    """

    name = "spark"

    def __init__(self, master="local[2,4]", partitions_count=8, driver_port=None, options=None):
        self.master, self.partitions_count, self.driver_port = master, partitions_count, driver_port
        self.options = dict(options or {})
        self.session = None

    def __enter__(self):
        spark_environment.require(self.master, self.driver_port)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        if spark_environment.is_local(self.master):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master(self.master).appName("tlcourse")
        for key, value in {**self._settings(), **self.options}.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")  # errors arrive as exceptions
        return self

    def __exit__(self, *error):
        self.session.stop()
        self.session = None

    def _settings(self):
        here = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        source = str(Path(tlcourse.__file__).parents[1])
        path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
        return {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
            "spark.sql.shuffle.partitions": str(self.partitions_count),
            "spark.executorEnv.TF_CPP_MIN_LOG_LEVEL": "3",
            **({"spark.executorEnv.PYTHONPATH": path, **here} if spark_environment.is_local(self.master) else {}),
            **({"spark.driver.port": str(self.driver_port)} if self.driver_port else {}),
        }

    def run(self, job):
        """Write the job's rows as Parquet files, all or none.

        Raises
        ------
        RuntimeError
            If a task has failed too often; the message is one line.
        """
        import pandas

        partitions.begin(job.into)
        frame = self.session.createDataFrame(pandas.DataFrame(partitions.listed(job.rows)))
        schema = ", ".join(f"{name} {kind}" for name, kind in job.columns.items())
        result = frame.repartition(self.partitions_count, "name").mapInPandas(_on_frames(job.step), schema)
        try:
            result.write.mode("overwrite").parquet(str(Path(job.into).resolve()))
        except Exception as error:  # several classes, of Spark and of py4j
            raise RuntimeError(f"Spark could not finish {job.into}: {spark_environment.in_one_line(error)}") from None


def _on_frames(step):
    """The step as `mapInPandas` wants it: from an iterator of frames to an iterator of frames."""

    def map_frames(frames):
        import pandas

        batches = ({name: frame[name].to_numpy() for name in frame} for frame in frames if len(frame))
        for batch in step(batches):
            yield pandas.DataFrame({name: _column(values) for name, values in batch.items()})

    return map_frames


def _column(values):
    """A list of vectors where there is one for each row."""
    return list(values) if np.ndim(values) > 1 else np.asarray(values).tolist()
