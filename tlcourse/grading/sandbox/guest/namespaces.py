"""Isolates the forks of one server from each other: own namespaces, user, folders and limits. Runs inside the sandbox.

Bubblewrap has already taken away network and file system. What is left is to keep one submission from another: Linux'
system calls through ctypes, for which Python has no functions before 3.12. Numbers are from linux/sched.h,
linux/mount.h, linux/prctl.h, linux/capability.h, linux/sockios.h and linux/if.h.

Bubblewrap's ``--disable-userns`` cannot be used: an ordinary user's server makes a user namespace for each submission.
`forbid_user_namespaces` does the same for the submission.
"""

import contextlib
import ctypes
import fcntl
import os
import resource
import secrets
import socket
import struct

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CAPABILITY_VERSION_3 = 0x20080522
NOBODY = 65534
# Users that no system gives to anybody (https://systemd.io/UIDS-GIDS): unused ones, else systemd's for short-lived use,
# which the user namespace of a container has as well. First and number.
FREE_USERS = ((0x70000000, 1 << 27), (61184, 4336))
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}
# Files of /proc that show more than the submission's own, by the container runtimes' list (moby, oci/defaults.go).
MASKED = ("interrupts", "kcore", "keys", "key-users", "latency_stats", "sched_debug", "timer_list")

_libc = ctypes.CDLL(None, use_errno=True)


def _require_success(result, what):
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def new_namespaces():
    """Leave the others' shared memory, ports and sockets; the next fork begins a process tree of its own.

    Returns
    -------
    bool
        Whether this process has a user namespace of its own now: root needs none, see `own_user`.
    """
    uid, gid = os.getuid(), os.getgid()
    own = CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    _require_success(_libc.unshare(own | (CLONE_NEWUSER if uid else 0)), "unshare")
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    _enable_loopback()
    return bool(uid)


def own_user(uid_map="/proc/self/uid_map"):
    """A user for one submission of root's, so that its processes are counted apart; None for an ordinary user.

    An ordinary user's submission has a user namespace of its own, in which its processes are counted.
    """
    if os.getuid():
        return None
    with open(uid_map, encoding="ascii") as file:
        ranges = [(int(first), int(number)) for first, _, number in map(str.split, file)]
    for first, number in FREE_USERS:
        if any(start <= first and first + number <= start + length for start, length in ranges):
            return first + secrets.randbelow(number)
    return NOBODY


def forbid_user_namespaces():
    """Let nothing make another user namespace below this process' own, which `new_namespaces` must have made."""
    with contextlib.suppress(OSError), open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")


def _enable_loopback():
    """Switch on the loop back to itself, which programs that talk to their own children may use."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def unshare_mounts():
    """Leave the others' mounts; this process' own are seen by nobody else."""
    _require_success(_libc.unshare(CLONE_NEWNS), "unshare")
    _require_success(_libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount private")


def mount_folder(path, megabytes, keep=(), mode="1777"):
    """Put an empty folder in memory at `path`, seen by this submission only; the folders `keep` below it stay."""
    kept = {str(folder): os.open(folder, os.O_PATH) for folder in keep if folder.is_relative_to(path)}
    options = f"size={megabytes}m,nr_inodes=20k,mode={mode}".encode()
    _require_success(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options), f"mount {path}")
    for folder, opened in kept.items():
        os.makedirs(folder, mode=0o755, exist_ok=True)
        source = f"/proc/self/fd/{opened}".encode()
        _require_success(_libc.mount(source, folder.encode(), None, MS_BIND | MS_REC, None), f"mount {folder}")
        os.close(opened)


def bind_folder(source, target):
    """Show a folder at another place, too."""
    _require_success(_libc.mount(source.encode(), target.encode(), None, MS_BIND, None), f"mount {target}")


def mount_devices():
    """Give this submission a /dev of its own, which cannot be written to: the same few devices, its own terminals."""
    opened = {name: os.open(f"/dev/{name}", os.O_PATH) for name in DEVICES if os.path.exists(f"/dev/{name}")}
    flags = MS_NOSUID | MS_NOEXEC
    _require_success(_libc.mount(b"tmpfs", b"/dev", b"tmpfs", flags, b"size=64k,nr_inodes=64,mode=755"), "mount /dev")
    for name, device in opened.items():
        os.close(os.open(f"/dev/{name}", os.O_CREAT | os.O_WRONLY))
        bind_folder(f"/proc/self/fd/{device}", f"/dev/{name}")
        os.close(device)
    for name, target in DEVICE_LINKS.items():
        os.symlink(target, f"/dev/{name}")
    for name in ("shm", "pts"):
        os.mkdir(f"/dev/{name}")
    with contextlib.suppress(OSError):  # a container may not have it; then there are no terminals
        options = b"newinstance,ptmxmode=0666,mode=620"
        _require_success(_libc.mount(b"devpts", b"/dev/pts", b"devpts", flags, options), "mount /dev/pts")
    remount = MS_REMOUNT | MS_BIND | MS_RDONLY | flags
    _require_success(_libc.mount(b"none", b"/dev", None, remount, None), "mount /dev read-only")


def mount_proc():
    """Show only this submission's processes in /proc, and nothing of the instructor's keys."""
    _require_success(_libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV, None), "mount /proc")
    for name in MASKED:
        if os.path.exists(f"/proc/{name}"):
            bind_folder("/dev/null", f"/proc/{name}")


def hide(path):
    """Put nothing, read-only, in the place of a folder."""
    _require_success(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, b"size=4k"), path)


def die_with_parent(signal):
    """Have this process killed when its parent ends."""
    _require_success(_libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0), "prctl")


def drop_privileges(user):
    """Become another user, and give up what a namespace's owner may do there. Call it before there are threads.

    Parameters
    ----------
    user : int or None
        Of `own_user`; None to stay who one is.
    """
    _require_success(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _require_success(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    _require_success(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # else /proc/self belongs to root


def set_limits(memory_megabytes, file_megabytes, processes):
    """Set this process' limits; its children inherit them.

    `processes` are those of the same user in the same user namespace, before Linux 5.14 in all; None for no limit.
    """
    wanted = {
        resource.RLIMIT_DATA: memory_megabytes << 20,
        resource.RLIMIT_FSIZE: file_megabytes << 20,
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_CORE: 0,
    }
    if processes is not None:
        wanted[resource.RLIMIT_NPROC] = processes
    for name, value in wanted.items():
        _, highest = resource.getrlimit(name)
        value = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(name, (value, value))
