"""Measures a kernel and all that it has started, and ends it when it takes more than its share. Uses Linux' /proc."""

import contextlib
import json
import os
import select
import signal

import psutil

INTERVAL = 0.2  # seconds between two looks


def send(connection, **message):
    """Send one line to the process that asked for the fork."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def supervise(connection, root_pid, limits):
    """Look after the process tree that begins at `root_pid` until it ends or the connection is closed."""
    reason = None
    while True:
        if os.waitpid(root_pid, os.WNOHANG)[0]:
            send(connection, reason=reason)
            return
        used = usage(root_pid)
        send(connection, cpu=used["cpu"], busy=used["busy"])
        reason = reason or _exceeded_limit(used, limits)
        if reason or _is_disconnected(connection):
            cpu = usage(root_pid)["cpu"]
            os.kill(root_pid, signal.SIGKILL)
            os.waitpid(root_pid, 0)
            send(connection, reason=reason, cpu=cpu, busy=True)
            return


def usage(root_pid):
    """Processor seconds and memory of a tree, its dead members' time included, and whether a thread wants to run."""
    cpu, memory, busy, processes = 0.0, 0, False, []
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(root_pid)
        processes = [parent, *parent.children(recursive=True)]
    for process in processes:
        with contextlib.suppress(psutil.Error, OSError):
            cpu += sum(process.cpu_times()[:4])  # its own and its dead children's, user and system
            memory += process.memory_info().rss
            busy = busy or _wants_to_run(process.pid)
    return {"cpu": round(cpu, 3), "memory": memory, "busy": busy, "members": processes}


def _wants_to_run(pid):
    """Whether any thread runs, waits for a processor (R) or a disk (D); psutil asks the main thread only."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        with (
            contextlib.suppress(OSError),
            open(f"/proc/{pid}/task/{thread}/stat", encoding="ascii", errors="replace") as file,
        ):
            if file.read().rpartition(")")[2].split()[0] in "RD":
                return True
    return False


def _exceeded_limit(used, limits):
    if len(used["members"]) > limits["processes"]:
        return f"it started more than {limits['processes']} processes"
    if (
        used["memory"] > limits["memory_megabytes"] << 20
        and _unshared(used["members"]) > limits["memory_megabytes"] << 20
    ):
        return f"it took more than {limits['memory_megabytes']:,} MB of memory"
    return None


def _unshared(processes):
    """Memory with what forks share counted once; it is slow, so it is asked for only in doubt."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error, OSError, AttributeError):
            total += process.memory_full_info().pss
    return total


def _is_disconnected(connection):
    readable, _, _ = select.select([connection], [], [], INTERVAL)
    if not readable:
        return False
    try:
        return not connection.recv(4096)
    except OSError:
        return True
