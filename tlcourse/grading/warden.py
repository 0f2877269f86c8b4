"""Measures a kernel and all that it has started, and ends it when it takes more than its share. Uses Linux' /proc."""

import contextlib
import json
import os
import select
import signal
import time

import psutil

INTERVAL = 0.2  # seconds between two looks


def say(connection, **message):
    """Send one line to the launcher."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def watch(connection, first, limits):
    """Look after the process tree that begins at `first` until it ends or the launcher hangs up."""
    reason = None
    while True:
        ended, status = os.waitpid(first, os.WNOHANG)
        if ended:
            say(connection, exit=os.waitstatus_to_exitcode(status), reason=reason)
            return
        used = usage(first)
        say(connection, cpu=used["cpu"], processes=used["processes"])
        reason = reason or _excess(used, limits)
        if reason or _hung_up(connection):
            os.kill(first, signal.SIGKILL)
            os.waitpid(first, 0)
            say(connection, exit=-9, reason=reason)
            return


def usage(first):
    """Processor seconds, memory and number of processes of a tree, its dead members' time included."""
    cpu, memory, processes = 0.0, 0, []
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(first)
        processes = [parent, *parent.children(recursive=True)]
    for process in processes:
        with contextlib.suppress(psutil.Error):
            cpu += sum(process.cpu_times()[:4])  # its own and its dead children's, user and system
            memory += process.memory_info().rss
    return {"cpu": round(cpu, 3), "memory": memory, "processes": len(processes), "members": processes}


def _excess(used, limits):
    if used["processes"] > limits["processes"]:
        return f"it started more than {limits['processes']} processes"
    if used["memory"] > limits["memory_megabytes"] << 20 and _unshared(used["members"]) > limits["memory_megabytes"] << 20:
        return f"it took more than {limits['memory_megabytes']:,} MB of memory"
    return None


def _unshared(processes):
    """Memory with what forks share counted once; it is slow, so it is asked for only in doubt."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error, OSError, AttributeError):
            total += process.memory_full_info().pss
    return total


def _hung_up(connection):
    readable, _, _ = select.select([connection], [], [], INTERVAL)
    if not readable:
        return False
    time.sleep(0)
    try:
        return not connection.recv(4096)
    except OSError:
        return True
