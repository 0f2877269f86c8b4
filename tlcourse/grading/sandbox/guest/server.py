"""Inside the sandbox: imports once, then forks a process for each request. Started by `sandbox.fork_server`.

A request is one line of JSON: {"role": "kernel" or "checker", "name": of its folder where sockets meet,
"files": {name: base64 text}, "limits": {"memory_megabytes", "disk_megabytes", "processes"}}, and for a kernel
{"connection": ipykernel's connection file}, for a checker {"setup": sources that it runs first}.
Answers are lines of JSON: {"ready": true},
{"cpu": seconds, "processes": n} every fifth of a second, and at last {"exit": status, "reason": text or null}.

Three processes belong to a kernel: a monitor outside the submission's namespaces, which measures, kills, and dies when
the connection is closed; the first process of the namespaces, with which everything in them dies; and the kernel. A
checker is the first process itself, for nothing but the course's own code runs there.
"""

import base64
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path

from tlcourse.grading.sandbox import bubblewrap
from tlcourse.grading.sandbox.bubblewrap import HOME, MEETING
from tlcourse.grading.sandbox.guest import _ipykernel, checker, frame_watch, function_server, monitor, namespaces


def serve(modules):
    """Import, then wait for requests for ever."""
    _ipykernel.leave_out_the_debugger()
    gc.disable()  # a quarter of the time of TensorFlow's import goes into looking for garbage that is not there
    for name in (*_ipykernel.IMPORTS, *modules):
        with contextlib.suppress(Exception):  # a module that is missing is the submission's affair
            importlib.import_module(name)
    gc.enable()
    gc.collect()
    gc.freeze()  # a collection in a fork would touch, and so copy, the pages of all that has been imported
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{MEETING}/new")
    listener.listen(64)
    os.rename(f"{MEETING}/new", f"{MEETING}/server")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for monitors
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _oversee(connection)
            os._exit(0)
        connection.close()


def _oversee(connection):
    with connection, connection.makefile("r", encoding="utf-8") as lines:
        request = json.loads(lines.readline())
        namespaces.new_namespaces()
        is_ready, say_ready = os.pipe()
        first = os.fork()
        if first == 0:
            os.close(is_ready)
            lines.detach()
            connection.close()
            _first_process(request, say_ready)
        os.close(say_ready)
        ready, _, _ = select.select([is_ready, connection], [], [], 60)
        if is_ready in ready and os.read(is_ready, 1):
            monitor.send(connection, ready=True, cpu=monitor.usage(first)["cpu"], busy=True)
        os.close(is_ready)
        monitor.watch(connection, first, request["limits"])


def _first_process(request, say_ready):
    """Begin the namespaces' process tree, and end with the kernel."""
    try:
        namespaces.die_with_parent(signal.SIGKILL)
        namespaces.own_mounts()
        disk = request["limits"]["disk_megabytes"]
        readable = bubblewrap.readable_folders()  # the course may lie in /tmp itself
        for path, size in ((HOME, disk), ("/tmp", disk), ("/dev/shm", min(disk, 64))):
            namespaces.own_folder(path, size, keep=readable)
        with contextlib.suppress(
            OSError
        ):  # inside another container: then /proc shows the sandbox's processes, unreadable
            namespaces.own_proc()
        if request["role"] == "checker":
            _checker(request, say_ready)
        kernel = os.fork()
        if kernel == 0:
            _kernel(request, say_ready)
        os.close(say_ready)
        while True:
            pid, status = os.wait()
            if pid == kernel:
                os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    os._exit(70)


def _kernel(request, say_ready):
    """Become the kernel: sockets are bound and privileges are given up before any student code."""
    _settle(request)
    connection_file = Path("/tmp/kernel.json")
    connection_file.write_text(json.dumps(request["connection"]), encoding="utf-8")
    app = _ipykernel.application(connection_file)
    function_server.LISTENER = _listener(request)
    frame_watch.watch()
    _give_up_privileges(request, say_ready)
    app.start()
    os._exit(0)


def _checker(request, say_ready):
    """Become the checker, in which no student code ever runs."""
    _settle(request)
    listener = _listener(request)
    _give_up_privileges(request, say_ready)
    namespaces.die_with_parent(signal.SIGKILL)  # a process that becomes another user loses that
    connection, _ = listener.accept()
    with connection, connection.makefile("rw", encoding="utf-8") as lines:
        checker.Checker(lines, request["setup"]).serve()
    os._exit(0)


def _settle(request):
    _write_files(request["files"])
    sys.path[:] = [path for path in sys.path if path != ""]
    sys.path.append(HOME)  # a submitted module can be imported, but takes no installed package's place


def _listener(request):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{MEETING}/{request['name']}/s")
    listener.listen(1)
    return listener


def _give_up_privileges(request, say_ready):
    limits = request["limits"]
    namespaces.hide(MEETING)
    namespaces.limit(limits["memory_megabytes"], limits["disk_megabytes"], limits["processes"])
    namespaces.drop_privileges()
    Path("/proc/self/oom_score_adj").write_text("1000")
    os.write(say_ready, b"1")
    os.close(say_ready)


def _write_files(files):
    os.chdir(HOME)
    for name, text in files.items():
        target = Path(HOME, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(text))
        target.chmod(0o666)


if __name__ == "__main__":
    serve(sys.argv[1:])
