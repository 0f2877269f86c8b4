"""Isolates the forks of one server from each other: own namespaces, folders and limits. Runs inside the sandbox.

Bubblewrap has already taken away network and file system. What is left is to keep one submission from another: Linux'
system calls through ctypes, for which Python has no functions before 3.12. Numbers are from linux/sched.h,
linux/mount.h, linux/prctl.h, linux/capability.h, linux/sockios.h and linux/if.h.
"""

import contextlib
import ctypes
import fcntl
import os
import resource
import socket
import struct

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CAPABILITY_VERSION_3 = 0x20080522
NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def _require_success(result, what):
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def new_namespaces():
    """Leave the others' shared memory, ports and sockets; the next fork begins a process tree of its own."""
    uid, gid = os.getuid(), os.getgid()
    own = CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    _require_success(_libc.unshare(own | (CLONE_NEWUSER if uid else 0)), "unshare")
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    _enable_loopback()


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


def mount_proc():
    """Show only this submission's processes in /proc."""
    _require_success(_libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV, None), "mount /proc")


def hide(path):
    """Put nothing, read-only, in the place of a folder."""
    _require_success(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, b"size=4k"), path)


def die_with_parent(signal):
    """Have this process killed when its parent ends."""
    _require_success(_libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0), "prctl")


def drop_privileges():
    """Become nobody where one is root, and give up what a namespace's owner may do there."""
    _require_success(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _require_success(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    _require_success(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # else /proc/self belongs to root


def set_limits(memory_megabytes, file_megabytes, processes):
    """Set this process' limits; its children inherit them."""
    wanted = {
        resource.RLIMIT_DATA: memory_megabytes << 20,
        resource.RLIMIT_FSIZE: file_megabytes << 20,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_CORE: 0,
    }
    for name, value in wanted.items():
        _, highest = resource.getrlimit(name)
        value = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(name, (value, value))
