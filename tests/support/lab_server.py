"""`tlcourse lab` as a user starts it without a display: on a free port, with Jupyter's own folders out of the way."""

import contextlib
import os
import re
import subprocess
import sys
import time

ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)(/lab\S*)\?token=(\w+)")


@contextlib.contextmanager
def running(course, scratch, patience=240, **environment):
    """Run the server; gives its address, the path of its first page, and the token, all from what it prints.

    Parameters
    ----------
    course : pathlib.Path
        The course's folder, which the command is run in.
    scratch : pathlib.Path
        For the log and for what Jupyter writes.
    patience : float
        Seconds within which it has to start.
    environment : str
        More variables for the server and its kernels.
    """
    log = scratch / "lab.log"
    outside = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    own = {f"JUPYTER_{kind}_DIR": str(scratch / kind) for kind in ("RUNTIME", "CONFIG", "DATA")}
    command = [sys.executable, "-m", "tlcourse", "lab", "--port=0", "--ServerApp.port_retries=0", "--no-browser"]
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=course, env=outside | own | environment, stdout=output, stderr=output)
    try:
        yield _address(process, log, patience)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _address(process, log, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if match := ADDRESS.search(log.read_text(encoding="utf-8")):
            return match.groups()
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError(f"no address within {seconds} s: {log.read_text(encoding='utf-8')}")
