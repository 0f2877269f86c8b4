"""A standalone Spark cluster on loopback: a master and two workers, as processes of their own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

SECONDS = 120  # until the workers have registered, on a busy machine


@contextlib.contextmanager
def standalone_cluster(folder, workers=2):
    """Start the cluster and give its address, such as ``spark://127.0.0.1:40001``; stop it at the end."""
    import pyspark

    spark_class = Path(pyspark.__file__).parent / "bin" / "spark-class"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    programs = [["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]]
    for number in range(workers):
        own = ["--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir", str(folder / f"worker{number}")]
        programs.append(["worker.Worker", "--host", "127.0.0.1", *own, address])
    log = folder / "cluster.log"
    with contextlib.ExitStack() as stack, log.open("w", encoding="utf-8") as output:
        for main, *options in programs:
            command = [str(spark_class), f"org.apache.spark.deploy.{main}", *options]
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
            stack.callback(_stop, process)
        _wait_for(log, workers)
        yield address


def _wait_for(log, workers):
    end = time.monotonic() + SECONDS
    while log.read_text(encoding="utf-8", errors="replace").count("Registering worker") < workers:
        if time.monotonic() > end:
            raise TimeoutError(f"the workers have not registered: {log.read_text(encoding='utf-8')[-1000:]}")
        time.sleep(0.5)


def _stop(process):
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
