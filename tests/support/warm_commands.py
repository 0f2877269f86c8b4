"""Commands that begin in a fork of a process that has imported what they need: half of a short command is imports.

The first call of each command is an ordinary one; a fork serves those after it. It has its own arguments, folder,
environment and streams.
"""

import contextlib
import json
import os
import runpy
import socket
import subprocess
import sys
import time
from pathlib import Path

IMPORTS = (
    "nbgrader.apps.nbgraderapp",
    "tlcourse.commands.main",
    "tlcourse.building.unit_release",
    "tlcourse.building.handout",
    "tlcourse.building.course_archive",
    "tlcourse.grading.gradebook.batch",
    "tlcourse.grading.reporting.class_report",
)


@contextlib.contextmanager
def running(folder, programs, environment):
    """Commands of these names in the new folder `bin` of a folder; gives that folder.

    Parameters
    ----------
    folder : pathlib.Path
    programs : sequence of str
        Modules that run with `python -m`.
    environment : dict of str to str
    """
    tools, address = folder / "bin", str(folder / "warm")
    tools.mkdir()
    for name in programs:
        script = f'#!/bin/sh\nexec "{sys.executable}" -S -E "{__file__}" "{address}" {name} "$@"\n'
        (tools / name).write_text(script, encoding="utf-8")
        (tools / name).chmod(0o755)
    server = subprocess.Popen([sys.executable, __file__, address], env=environment)
    try:
        yield tools
    finally:
        server.kill()
        server.wait()


def call(address, program, *arguments):
    """Run a command in a fork, or as an ordinary one where this is its first call; its exit status."""
    called_before = Path(f"{address}-{program}-{''.join(arguments[:1])}")
    if not called_before.exists():
        called_before.touch()
        os.execv(sys.executable, [sys.executable, "-m", program, *arguments])
    while not os.path.exists(address):  # it still imports
        time.sleep(0.05)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        request = {"program": program, "arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
        socket.send_fds(connection, [len(text := json.dumps(request).encode()).to_bytes(4, "big")], [0, 1, 2])
        connection.sendall(text)
        return int(connection.recv(16) or b"70")


def serve(address):
    """Import, and fork for each request, for ever."""
    for name in IMPORTS:
        __import__(name)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{address}.new")
    listener.listen()
    os.rename(f"{address}.new", address)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            return _answer(connection)
        connection.close()


def _answer(connection):
    """In the fork: a second one runs the command, and this one reports how it ended."""
    size, streams, _, _ = socket.recv_fds(connection, 4, 3)
    request = json.loads(connection.makefile("rb").read(int.from_bytes(size, "big")))
    if (command := os.fork()) == 0:
        connection.close()
        return _run(request, streams)
    _, status = os.waitpid(command, 0)
    connection.sendall(str(os.waitstatus_to_exitcode(status) & 0xFF).encode())
    os._exit(0)


def _run(request, streams):
    """Become the command; the interpreter ends as it would for an ordinary one."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)  # those of this process may be of another kind
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.stderr.reconfigure(line_buffering=True)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [request["program"], *request["arguments"]]
    sys.path[0] = request["folder"]  # as `python -m` has it
    runpy.run_module(request["program"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    if sys.argv[2:]:
        sys.exit(call(*sys.argv[1:]))
    serve(sys.argv[1])
