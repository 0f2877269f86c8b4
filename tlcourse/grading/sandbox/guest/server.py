"""Inside the sandbox: imports once, then forks a process for each request. Started by `sandbox.fork_server`.

A request is one line of JSON: {"role": "kernel" or "checker", "name": of its folder where sockets meet,
"files": {name: base64 text}, "limits": {"memory_megabytes", "disk_megabytes", "processes"}, "filtered": whether system
calls are filtered, "cgroup": whether it waits for a line that says that it is in a cgroup}, and for a kernel
{"connection": ipykernel's connection file}, for a checker {"setup": sources that it runs first}.
Answers are lines of JSON: {"ready": true}, {"cpu": seconds, "busy": whether it wants to run, "waited": seconds for a
processor} every fifth of a second, and at last {"reason": text or null}.

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

from tlcourse.grading.sandbox import bubblewrap, seccomp
from tlcourse.grading.sandbox.bubblewrap import HOME, OWN_SOCKETS, SOCKET_FOLDER, WRITABLE_FOLDERS
from tlcourse.grading.sandbox.guest import (
    _ipykernel,
    checker,
    frame_watch,
    function_server,
    namespaces,
    resource_monitor,
)


def serve(modules):
    """Import, then wait for requests for ever."""
    _ipykernel.disable_debugger()
    gc.disable()  # a quarter of the time of TensorFlow's import goes into looking for garbage that is not there
    for name in (*_ipykernel.IMPORTS, *modules):
        with contextlib.suppress(Exception):  # a module that is missing is the submission's affair
            importlib.import_module(name)
    gc.enable()
    gc.collect()
    gc.freeze()  # a collection in a fork would touch, and so copy, the pages of all that has been imported
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{SOCKET_FOLDER}/new")
    listener.listen(64)
    os.rename(f"{SOCKET_FOLDER}/new", f"{SOCKET_FOLDER}/server")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for monitors
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _serve_request(connection)
            os._exit(0)
        connection.close()


def _serve_request(connection):
    with connection, connection.makefile("r", encoding="utf-8") as lines:
        request = json.loads(lines.readline())
        own_namespace = namespaces.new_namespaces()
        ready_reader, ready_writer = os.pipe()
        first = os.fork()
        if first == 0:
            os.close(ready_reader)
            if request["cgroup"]:
                _join_cgroup(connection, lines, ready_writer)
            lines.detach()
            connection.close()
            _first_process(request, ready_writer, own_namespace)
        os.close(ready_writer)
        if request["cgroup"]:
            os.read(ready_reader, 1)
        ready, _, _ = select.select([ready_reader, connection], [], [])  # whoever asked closes it after some minutes
        monitor = resource_monitor.Monitor(first)
        if ready_reader in ready and os.read(ready_reader, 1):
            look = monitor.look()
            resource_monitor.send(connection, ready=True, cpu=look["cpu"], busy=True, waited=look["waited"])
        os.close(ready_reader)
        resource_monitor.supervise(connection, monitor, request["limits"])


def _join_cgroup(connection, lines, ready_writer):
    """Wait until the fork server's owner has put this process into a cgroup; the kernel tells it who sends this."""
    resource_monitor.send(connection, joins=True)
    if not lines.readline():
        os._exit(70)
    os.write(ready_writer, b"1")


def _first_process(request, ready_writer, own_namespace):
    """Begin the namespaces' process tree, and end with the kernel."""
    try:
        namespaces.die_with_parent(signal.SIGKILL)
        user = namespaces.own_user()
        _set_up_folders(request, own_namespace)
        if request["role"] == "checker":
            _checker(request, ready_writer, user)
        if user is not None:
            os.chown(OWN_SOCKETS, user, user)
        bound_reader, bound_writer = os.pipe()
        kernel = os.fork()
        if kernel == 0:
            os.close(ready_writer)
            os.close(bound_reader)
            _kernel(request, bound_writer, user)
        os.close(bound_writer)
        if os.read(bound_reader, 1):
            namespaces.hide(OWN_SOCKETS)
            os.write(ready_writer, b"1")
        os.close(ready_writer)
        while True:
            pid, status = os.wait()
            if pid == kernel:
                os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    os._exit(70)


def _set_up_folders(request, own_namespace):
    """Mount what the submission alone sees, and leave nothing of the others' in its sight."""
    namespaces.unshare_mounts()
    namespaces.bind_folder(f"{SOCKET_FOLDER}/{request['name']}", OWN_SOCKETS)
    namespaces.hide(SOCKET_FOLDER)
    disk = request["limits"]["disk_megabytes"]
    readable = bubblewrap.readable_folders()  # the course may lie in /tmp itself
    namespaces.mount_devices()
    for path, size in zip(WRITABLE_FOLDERS, (disk, disk, min(disk, 64)), strict=True):
        namespaces.mount_folder(path, size, keep=readable)
    with contextlib.suppress(OSError):  # inside another container: then /proc shows the sandbox's processes, unreadable
        namespaces.mount_proc()
    if own_namespace:  # else the limit would be the whole machine's
        namespaces.forbid_user_namespaces()


def _kernel(request, bound_writer, user):
    """Become the kernel: privileges are given up before any file of the submission is used or any thread is started."""
    _give_up_privileges(request, user)
    _leave_the_servers_files()
    _set_up_home(request)
    connection_file = Path("/tmp/kernel.json")
    connection_file.write_text(json.dumps(request["connection"]), encoding="utf-8")
    app = _ipykernel.application(connection_file)
    function_server.LISTENER = _listener()
    frame_watch.watch()
    _set_limits(request, bound_writer)
    app.start()
    os._exit(0)


def _leave_the_servers_files():
    """Read from and write to nothing: all submissions have inherited the same log, and could leave messages in it."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)


def _checker(request, ready_writer, user):
    """Become the checker, in which no student code ever runs."""
    _set_up_home(request)
    listener = _listener()
    namespaces.hide(OWN_SOCKETS)
    _give_up_privileges(request, user)
    _set_limits(request, ready_writer)
    namespaces.die_with_parent(signal.SIGKILL)  # a process that becomes another user loses that
    connection, _ = listener.accept()
    with connection, checker.lines_of(connection) as lines:
        checker.Checker(lines, request["setup"]).serve()
    os._exit(0)


def _set_up_home(request):
    _write_files(request["files"])
    sys.path[:] = [path for path in sys.path if path != ""]
    sys.path.append(HOME)  # a submitted module can be imported, but takes no installed package's place


def _listener():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{OWN_SOCKETS}/s")
    listener.listen(1)
    return listener


def _give_up_privileges(request, user):
    """Give up privileges, and system calls where the server has the filter, too."""
    namespaces.drop_privileges(user)
    if request["filtered"]:
        seccomp.install(seccomp.submission_filter())


def _set_limits(request, ready_writer):
    """Set the limits of the kernel or checker, which is ready then."""
    limits = request["limits"]
    # A cgroup counts processes better: before Linux 5.14 an ordinary user's other processes would count, too.
    processes = None if request["cgroup"] else limits["processes"]
    namespaces.set_limits(limits["memory_megabytes"], limits["disk_megabytes"], processes)
    Path("/proc/self/oom_score_adj").write_text("1000")
    os.write(ready_writer, b"1")
    os.close(ready_writer)


def _write_files(files):
    os.chdir(HOME)
    for name, text in files.items():
        target = Path(HOME, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(text))
        target.chmod(0o666)


if __name__ == "__main__":
    serve(sys.argv[1:])
