"""What Spark needs before it can start, each problem in one clear line: `problem` and `require`."""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

_OLDEST_JAVA = 17
_UNSUITABLE_JAVA = {(25,), (25, 0, 0), (25, 0, 1), (25, 0, 2)}  # by Spark 4
_REMEDY = (
    "install Java 17 or 21 (Debian, Ubuntu: sudo apt install openjdk-17-jre-headless; conda install openjdk=17), "
    "or set JAVA_HOME to one"
)
_SECONDS = 60  # that a program may take to state its version


class SparkUnavailable(RuntimeError):  # noqa: N818 - names the problem
    """Spark cannot start here; the message is one line with the remedy."""


def problem():
    """Why Spark cannot start on this machine, in one line, or None."""
    missing = [name for name in ("pyspark", "pandas", "pyarrow") if importlib.util.find_spec(name) is None]
    if missing:
        return f"Spark needs the Python packages {', '.join(missing)}: pip install 'tlcourse[spark]'"
    return _java_problem() or _python_problem()


def require(master, driver_port=None):
    """Check everything that can be checked before Spark starts.

    Parameters
    ----------
    master : str
        ``local[2,4]``, or an address such as ``spark://host:7077``.
    driver_port : int, optional
        The port on which executors will reach this process.

    Raises
    ------
    SparkUnavailable
    """
    port_taken = driver_port and port_problem(driver_port)
    if reason := problem() or master_problem(master) or port_taken:
        raise SparkUnavailable(reason)


def _java_problem():
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        where = f"JAVA_HOME is {home}, which has no bin/java" if home else "this machine has no Java"
        return f"Spark needs Java, and {where}: {_REMEDY}"
    version = _stated_version([java, "-version"], r'version "([^"]+)"')
    numbers = tuple(int(number) for number in re.findall(r"\d+", version.split("-")[0].split("+")[0])[:3])
    major = numbers[1] if numbers[:1] == (1,) and len(numbers) > 1 else (numbers or (0,))[0]  # Java 8 says 1.8
    if major < _OLDEST_JAVA:
        return f"Spark needs Java {_OLDEST_JAVA} or newer, and {java} is Java {version or 'of no version'}: {_REMEDY}"
    if numbers in _UNSUITABLE_JAVA:
        return f"Spark does not start with Java 25.0.0 to 25.0.2, and {java} is Java {version}: {_REMEDY}"
    return None


def _python_problem():
    chosen = os.environ.get("PYSPARK_PYTHON") or sys.executable
    here = ".".join(map(str, sys.version_info[:2]))
    there = _stated_version([chosen, "-c", "import sys; print('version', sys.version)"], r"version (\d+\.\d+)")
    if there == here:
        return None
    answer = f"is Python {there}" if there else "is no Python that starts"
    return f"PYSPARK_PYTHON is {chosen}, which {answer}; this is Python {here}: unset it, or set it to {sys.executable}"


def _stated_version(command, pattern):
    """What a program says of its version, or "" if it does not start."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(pattern, done.stdout + done.stderr)
    return match[1] if match else ""


def is_local(master):
    """Whether all processes of this master run on this machine."""
    return master.startswith("local") or urlsplit(master).hostname in ("localhost", "127.0.0.1")


def master_problem(master):
    """Why this master cannot be used, in one line, or None. Only ``spark://`` addresses are looked up."""
    if not master.startswith("spark://"):
        return None if is_local(master) else _own_name_problem()
    try:
        address = urlsplit(master)
        host, port = address.hostname, address.port or 7077
        socket.getaddrinfo(host, port)
        socket.create_connection((host, port), timeout=5).close()
    except ValueError:
        return f"{master} is no address of a Spark master: it should be spark://HOST:PORT"
    except socket.gaierror:
        return f"{master}: the host name {host} does not resolve; check its spelling, or use the IP address"
    except OSError as error:
        return f"{master}: no Spark master answers at port {port} ({error.strerror or error}): start it"
    return None if is_local(master) else _own_name_problem()


def _own_name_problem():
    """Executors on other machines call this one by its name."""
    if os.environ.get("SPARK_LOCAL_IP"):
        return None
    name = socket.gethostname()
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        return f"the name of this machine, {name}, does not resolve: add it to /etc/hosts, or set SPARK_LOCAL_IP"
    return None


def port_problem(port, host="127.0.0.1"):
    """Why a server cannot listen at this port, in one line, or None."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            reason = error.strerror or error
            return f"port {port} of {host} is not free ({reason}): choose another port, or stop what uses it"
    return None


def in_one_line(error):
    """What went wrong in a job of Spark, without Java's and Python's tracebacks."""
    text = str(error)
    if "PYTHON_VERSION_MISMATCH" in text:
        versions = re.findall(r"\b3\.\d+\b", text)
        there, here = (*versions, "another", "another")[:2]
        return f"the workers run Python {there}, and this is Python {here}: set PYSPARK_PYTHON on all machines"
    if "No space left on device" in text:
        return "a disk is full: free some space in the work folder and in SPARK_LOCAL_DIRS"
    raised = re.findall(r"^\s*((?:\w+\.)*\w*(?:Error|Exception)): (.+)$", text, re.MULTILINE)
    python = [f"{kind}: {message}" for kind, message in raised if not kind.startswith(("org.", "java."))]
    return (python or [f"{type(error).__name__}: {text.strip()}"])[-1].splitlines()[0]
