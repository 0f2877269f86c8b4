"""What Spark lacks is said in one line, with a remedy. No test here starts Spark."""

import importlib.util
import os
import socket
import sys

import pytest

from tlcourse.pipeline import spark_environment
from tlcourse.pipeline.spark_engine import SparkEngine

needs_scripts = pytest.mark.skipif(os.name == "nt", reason="makes shell scripts")


@pytest.fixture
def installed(monkeypatch):
    """As if the Python packages were here; no variable of the machine matters."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: object() if name == "pyspark" else find_spec(name) or object()
    )
    for variable in ("JAVA_HOME", "PYSPARK_PYTHON", "SPARK_LOCAL_IP"):
        monkeypatch.delenv(variable, raising=False)


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{text}\nEND\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def java_home(tmp_path, monkeypatch, version):
    program(tmp_path / "bin" / "java", f'openjdk version "{version}" 2026-01-01')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))


def one_line(text):
    assert text is not None
    assert "\n" not in text
    return text


def test_names_the_missing_packages(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyspark" else object())
    assert one_line(spark_environment.problem()) == (
        "Spark needs the Python packages pyspark: pip install 'tlcourse[spark]'"
    )


def test_rejects_a_machine_without_java(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    reason = one_line(spark_environment.problem())
    assert "this machine has no Java" in reason
    assert "apt install openjdk-17-jre-headless" in reason


def test_names_a_wrong_java_home(installed, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert f"JAVA_HOME is {tmp_path}, which has no bin/java" in one_line(spark_environment.problem())


@needs_scripts
@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.22", "16", "9-internal", "nonsense"])
def test_rejects_old_java(version, installed, monkeypatch, tmp_path):
    java_home(tmp_path, monkeypatch, version)
    reason = one_line(spark_environment.problem())
    assert "needs Java 17 or newer" in reason
    assert version in reason


@needs_scripts
@pytest.mark.parametrize("version", ["25", "25.0.0", "25.0.1", "25.0.2"])
def test_rejects_java_that_spark_does_not_start_with(version, installed, monkeypatch, tmp_path):
    java_home(tmp_path, monkeypatch, version)
    assert f"is Java {version}: install" in one_line(spark_environment.problem())


@needs_scripts
@pytest.mark.parametrize("version", ["17", "17.0.21.1", "17.0.9-ea", "21.0.5", "25.0.3", "26"])
def test_accepts_other_java(version, installed, monkeypatch, tmp_path):
    java_home(tmp_path, monkeypatch, version)
    assert spark_environment.problem() is None


@needs_scripts
def test_rejects_a_worker_with_another_python(installed, monkeypatch, tmp_path):
    java_home(tmp_path / "java", monkeypatch, "17.0.1")
    other = program(tmp_path / "python3.9", "version 3.9.1")
    monkeypatch.setenv("PYSPARK_PYTHON", str(other))
    reason = one_line(spark_environment.problem())
    assert f"PYSPARK_PYTHON is {other}, which is Python 3.9;" in reason
    assert reason.endswith(f"set it to {sys.executable}")
    monkeypatch.setenv("PYSPARK_PYTHON", str(tmp_path / "nothing"))
    assert "is no Python that starts" in one_line(spark_environment.problem())


def test_a_master_without_a_host_that_resolves(monkeypatch):
    def unknown(*args):
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    reason = one_line(spark_environment.master_problem("spark://no-such-host:7077"))
    assert "the host name no-such-host does not resolve" in reason


def test_a_cluster_that_cannot_call_this_machine_back(monkeypatch):
    def unknown(*args):
        raise socket.gaierror("Name or service not known")

    monkeypatch.delenv("SPARK_LOCAL_IP", raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "does not resolve: add it to /etc/hosts" in one_line(spark_environment.master_problem("yarn"))
    monkeypatch.setenv("SPARK_LOCAL_IP", "10.0.0.1")
    assert spark_environment.master_problem("yarn") is None


def test_a_master_that_does_not_answer():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]  # bound, but nobody listens
        reason = one_line(spark_environment.master_problem(f"spark://127.0.0.1:{port}"))
    assert f"no Spark master answers at port {port}" in reason


def test_an_address_that_is_none():
    assert "should be spark://HOST:PORT" in one_line(spark_environment.master_problem("spark://host:port"))


def test_a_master_that_answers_is_no_problem():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert spark_environment.master_problem(f"spark://127.0.0.1:{server.getsockname()[1]}") is None


def test_local_masters_need_no_address():
    assert spark_environment.master_problem("local[2,4]") is None


def test_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert f"port {port} of 127.0.0.1 is not free" in one_line(spark_environment.port_problem(port))
    assert spark_environment.port_problem(0) is None


@needs_scripts
def test_the_engine_starts_with_none_of_these(installed, monkeypatch, tmp_path):
    java_home(tmp_path, monkeypatch, "17.0.1")
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(spark_environment.SparkUnavailable, match="is not free"),
        SparkEngine(driver_port=server.getsockname()[1]),
    ):
        pytest.fail("Spark has started")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n"
            '  File "worker.py", line 1\nZeroDivisionError: division by zero\n\n\tat org.apache.spark\n'
            "java.lang.RuntimeException: wrapped",
            "ZeroDivisionError: division by zero",
        ),
        (
            "pyspark.errors.PySparkRuntimeError: [PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.9 "
            "than that in driver: 3.11, PySpark cannot run",
            "the workers run Python 3.9, and this is Python 3.11: set PYSPARK_PYTHON on all machines",
        ),
        ("java.io.IOException: No space left on device", "a disk is full"),
        ("something else\nat org.apache", "RuntimeError: something else"),
    ],
)
def test_errors_of_jobs_become_one_line(text, line):
    reason = one_line(spark_environment.in_one_line(RuntimeError(text)))
    assert reason.startswith(line)
