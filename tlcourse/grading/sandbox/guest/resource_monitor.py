"""Measures a kernel and all that it has started, and ends it when it takes more than its share. Uses Linux' /proc.

Where the system has a cgroup for each submission (`sandbox.cgroups`), the kernel of Linux enforces the same limits
more strictly: it also counts memory in sockets and pipes, and children that end between two looks unnoticed.
"""

import contextlib
import json
import os
import select
import signal
import time

import psutil

from tlcourse.grading.sandbox.bubblewrap import WRITABLE_FOLDERS

INTERVAL = 0.2  # seconds between two looks
MAPS_INTERVAL = 1.0  # seconds between two looks at what is mapped, which takes some milliseconds
BLOCK = 512  # bytes of st_blocks
PAGE = os.sysconf("SC_PAGE_SIZE")


def send(connection, **message):
    """Send one line to the process that asked for the fork."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def supervise(connection, monitor, limits):
    """Look after a `Monitor`'s process tree until it ends or the connection is closed."""
    reason = None
    while True:
        if os.waitpid(monitor.root_pid, os.WNOHANG)[0]:
            send(connection, reason=reason)
            return
        used = monitor.look()
        send(connection, cpu=used["cpu"], busy=used["busy"], waited=used["waited"])
        reason = reason or monitor.exceeded_limit(used, limits)
        if reason or _is_disconnected(connection):
            cpu = monitor.look()["cpu"]
            os.kill(monitor.root_pid, signal.SIGKILL)
            os.waitpid(monitor.root_pid, 0)
            send(connection, reason=reason, cpu=cpu, busy=True)
            return


class Monitor:
    """Looks at a process tree from outside.

    Parameters
    ----------
    root_pid : int
        Of the tree's first process, in which all others end up whose parents end.
    """

    def __init__(self, root_pid):
        self.root_pid = root_pid
        self._ended_seconds = 0.0  # processor seconds of processes that have ended, by the last look at them
        self._own_seconds = {}  # processor seconds of each process, by number and start
        self._delays, self._waited = (
            None,
            0.0,
        )  # seconds for a processor: by thread, and of the tree since the first look
        self._mapped, self._looked_at_maps = {}, 0.0
        self._device = _device_of_shared_memory()

    def look(self):
        """What the tree uses now.

        Returns
        -------
        dict
            "cpu": processor seconds, those of ended members included; "busy": whether a thread runs or waits for a
            processor; "waited": seconds since the first look in which a thread waited for one; "processes": how many
            there are; "threads": one living thread of each; "memory": bytes, an upper bound; "outside": those of it
            that are in no process' pages but in files that lie in memory, and in page tables.
        """
        tree_seconds, own, memory, tables, busy, members, threads, delays = 0.0, {}, 0, 0, False, [], [], {}
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self.root_pid)
            members = [root, *root.children(recursive=True)]
        for process in members:
            with contextlib.suppress(psutil.Error, OSError):
                times = process.cpu_times()
                tree_seconds += sum(times[:4])  # its own and those of children it has waited for, user and system
                own[process.pid, process.create_time()] = sum(times[:2])
                thread, wants_to_run = _threads(process.pid, delays)
                threads.append(thread)
                busy = busy or wants_to_run
                memory += _resident(thread)
                tables += _page_tables(thread)
        self._ended_seconds += sum(seconds for key, seconds in self._own_seconds.items() if key not in own)
        self._own_seconds = own
        self._add_delays(delays)
        # Nobody counts a child that is never waited for; but a look may have seen it.
        cpu = max(tree_seconds, self._ended_seconds + sum(own.values()))
        outside = self._shared(threads) + tables
        sizes = {"memory": memory + outside, "outside": outside}
        counted = {"cpu": round(cpu, 3), "busy": busy, "waited": round(self._waited, 3)}
        return counted | {"processes": len(members), "threads": threads} | sizes

    def _add_delays(self, delays):
        """Add how long the thread waited that has waited longest since the last look."""
        before = delays if self._delays is None else self._delays
        self._waited += max([0.0, *(seconds - before.get(thread, 0.0) for thread, seconds in delays.items())])
        self._delays = delays

    def exceeded_limit(self, used, limits):
        """Which limit a look has found exceeded, for the student; None where none was."""
        if used["processes"] > limits["processes"]:
            return f"it started more than {limits['processes']} processes"
        allowed = limits["memory_megabytes"] << 20
        if used["memory"] > allowed and _private(used["threads"]) + used["outside"] > allowed:
            return f"it used more than {limits['memory_megabytes']:,} MB of memory"
        return None

    def _shared(self, threads):
        """Bytes in files that lie in memory, whether or not a process has them mapped.

        The folders of the sandbox, System V's shared memory and messages, and files without a name (memfd_create):
        those that are open by their size, those that are only mapped by the length of the mapping.
        """
        opened = {}
        for thread in threads:
            with contextlib.suppress(OSError):
                folder = f"/proc/{thread}/fd"
                for number in os.listdir(folder):
                    with contextlib.suppress(OSError):
                        about = os.stat(f"{folder}/{number}")
                        if device_name(about.st_dev) == self._device:
                            opened[about.st_ino] = about.st_blocks * BLOCK
        if time.monotonic() - self._looked_at_maps > MAPS_INTERVAL:
            self._looked_at_maps = time.monotonic()
            self._mapped = self._mapped_files(threads)
        total = sum((self._mapped | opened).values())
        total += _sum_of_columns("shm", "rss", "swap") + _sum_of_columns("msg", "cbytes")
        for path in WRITABLE_FOLDERS:
            with contextlib.suppress(OSError):
                about = os.statvfs(f"/proc/{self.root_pid}/root{path}")
                total += (about.f_blocks - about.f_bfree) * about.f_frsize
        return total

    def _mapped_files(self, threads):
        """Length of the mappings of each file without a name, by inode: the most that one process has of it."""
        longest = {}
        for thread in threads:
            lengths = {}
            with contextlib.suppress(OSError), open(f"/proc/{thread}/maps", "rb") as file:
                for line in file:
                    if self._device not in line:
                        continue
                    span, _, _, device, inode, *name = line.split(maxsplit=5)
                    if device == self._device and not name[0].startswith(b"/SYSV"):
                        start, end = (int(part, 16) for part in span.split(b"-"))
                        lengths[int(inode)] = lengths.get(int(inode), 0) + end - start
            for inode, length in lengths.items():
                longest[inode] = max(length, longest.get(inode, 0))
        return longest


def device_name(device):
    """A device as /proc/PID/maps writes it: bytes."""
    return b"%02x:%02x" % (os.major(device), os.minor(device))


def _device_of_shared_memory():
    """The device of files without a name: it is the kernel's own file system in memory."""
    number = os.memfd_create("probe")
    try:
        return device_name(os.fstat(number).st_dev)
    finally:
        os.close(number)


def _threads(pid, delays):
    """A thread of a process that has not ended, and whether any runs or waits for a processor (state R).

    The main thread may have ended before others; then /proc says of the process that it has no memory and no files.
    A process in uninterruptible sleep (state D) waits for a disk, or for a child that has its memory (CLONE_VFORK):
    it does not want a processor, so its time counts as sleep. `delays` gets the seconds by thread in which it wanted a
    processor and others had it, since it exists.
    """
    alive, wants_to_run = [], False
    for thread in os.listdir(f"/proc/{pid}/task"):
        with (
            contextlib.suppress(OSError),
            open(f"/proc/{pid}/task/{thread}/stat", encoding="ascii", errors="replace") as file,
        ):
            state = file.read().rpartition(")")[2].split()[0]
            wants_to_run = wants_to_run or state == "R"
            if state not in "ZX":
                alive.append(int(thread))
                delays[thread] = _delay(pid, thread)
    return (alive[0] if alive and pid not in alive else pid), wants_to_run


def _delay(pid, thread):
    """Seconds in which a thread waited for a processor, by Linux' scheduler; 0 where Linux was built without this."""
    try:
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _resident(thread):
    """Bytes in memory of a thread's process, what it shares with others included."""
    with open(f"/proc/{thread}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * PAGE


def _page_tables(thread):
    """Bytes in which Linux notes a process' pages: reading one byte of every 2 MB takes 4 kB here, and no page."""
    with open(f"/proc/{thread}/status", "rb") as file:
        sizes = [line.split()[1] for line in file if line.startswith(b"VmPTE:")]
    return sum(map(int, sizes)) << 10


def _private(threads):
    """Memory that is in no file, and files on disk, with what forks share counted once; it is slow: only in doubt."""
    total = 0
    for thread in threads:
        with contextlib.suppress(OSError), open(f"/proc/{thread}/smaps_rollup", "rb") as file:
            sizes = dict(line.split()[:2] for line in file.readlines()[1:])
            total += (int(sizes[b"Pss:"]) - int(sizes.get(b"Pss_Shmem:", 0))) << 10
    return total


def _sum_of_columns(table, *names):
    """A sum over the rows of a table of System V's, of this process' namespace: its submission's."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/sysvipc/{table}", encoding="ascii") as file:
        head, *rows = (line.split() for line in file)
        places = [head.index(name) for name in names if name in head]
        return sum(int(row[place]) for row in rows for place in places)
    return 0


def _is_disconnected(connection):
    readable, _, _ = select.select([connection], [], [], INTERVAL)
    if not readable:
        return False
    try:
        return not connection.recv(4096)
    except OSError:
        return True
