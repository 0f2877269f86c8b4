"""A filter of system calls for student code, as the program that Linux runs before each call (seccomp, classic BPF).

Most calls are allowed. Denied are those that the default profile of container runtimes denies to a process without
privileges (https://github.com/moby/profiles/blob/main/seccomp/default_linux.go and
https://docs.docker.com/engine/security/seccomp), and some more: io_uring, keys and secret memory, whatever asks about
or changes mounts, debuggers, and protocols that a network namespace does not confine. A call that is newer than
`NEWEST_CALL` does not exist for student code, and neither do the calls of other architectures (32-bit and x32).

There are two programs. Bubblewrap loads `server_filter` for the fork server, which makes namespaces and mounts for each
submission. The submission's own process adds `submission_filter`, which denies these as well; filters add up.

Bindings of libseccomp need its shared library, which a bare machine may lack.
"""

import ctypes
import errno
import os
import platform
import struct

# Numbers for x86_64 (arch/x86/entry/syscalls/syscall_64.tbl) and aarch64 (include/uapi/asm-generic/unistd.h) of Linux
# 6.17; None where an architecture never had the call. Those above 423 are the same for both.
DENIED = {
    "keys": {"add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219)},
    "large attack surface": {
        "io_uring_setup": (425, 425),
        "io_uring_enter": (426, 426),
        "io_uring_register": (427, 427),
        "userfaultfd": (323, 282),
        "memfd_secret": (447, 447),
        "perf_event_open": (298, 241),
        "bpf": (321, 280),
    },
    "kernel and modules": {
        "kexec_load": (246, 104),
        "kexec_file_load": (320, 294),
        "init_module": (175, 105),
        "finit_module": (313, 273),
        "delete_module": (176, 106),
        "create_module": (174, None),
        "query_module": (178, None),
        "get_kernel_syms": (177, None),
    },
    "the machine": {
        "clock_settime": (227, 112),
        "clock_adjtime": (305, 266),
        "settimeofday": (164, 170),
        "adjtimex": (159, 171),
        "reboot": (169, 142),
        "swapon": (167, 224),
        "swapoff": (168, 225),
        "acct": (163, 89),
        "syslog": (103, 116),
        "quotactl": (179, 60),
        "quotactl_fd": (443, 443),
        "iopl": (172, None),
        "ioperm": (173, None),
        "modify_ldt": (154, None),
        "nfsservctl": (180, 42),
        "sysfs": (139, None),
        "ustat": (136, None),
        "uselib": (134, None),
        "_sysctl": (156, None),
        "lookup_dcookie": (212, 18),
        "vhangup": (153, 58),
        "sethostname": (170, 161),
        "setdomainname": (171, 162),
    },
    "files of others": {
        "chroot": (161, 51),
        "open_by_handle_at": (304, 265),
        "fanotify_init": (300, 262),
        "fanotify_mark": (301, 263),
        "inotify_init": (253, None),
        "inotify_init1": (294, 26),
        "inotify_add_watch": (254, 27),
        "cachestat": (451, 451),
    },
    "other processes": {
        "ptrace": (101, 117),
        "process_vm_readv": (310, 270),
        "process_vm_writev": (311, 271),
        "process_madvise": (440, 440),
        "process_mrelease": (448, 448),
        "kcmp": (312, 272),
        "pidfd_getfd": (438, 438),
    },
    "memory of other nodes": {
        "mbind": (237, 235),
        "set_mempolicy": (238, 237),
        "get_mempolicy": (239, 236),
        "set_mempolicy_home_node": (450, 450),
        "migrate_pages": (256, 238),
        "move_pages": (279, 239),
    },
    "mounts and namespaces": {
        "umount2": (166, 39),
        "pivot_root": (155, 41),
        "setns": (308, 268),
        "open_tree": (428, 428),
        "move_mount": (429, 429),
        "fsopen": (430, 430),
        "fsconfig": (431, 431),
        "fsmount": (432, 432),
        "fspick": (433, 433),
        "mount_setattr": (442, 442),
        "statmount": (457, 457),
        "listmount": (458, 458),
        "open_tree_attr": (467, 467),
    },
}
SUBMISSION_DENIED = {"mount": (165, 40)}
NEWEST_CALL = 469  # file_setattr, of Linux 6.17
FLOCK = (73, 32)
CLONE3 = (435, 435)  # its flags lie in memory, where a filter cannot look; the C library then uses clone
CONDITIONAL = {
    "clone": (56, 220),
    "unshare": (272, 97),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "prctl": (157, 167),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
    "personality": (135, 92),
}
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (linux/sched.h)
NEW_TIME_NAMESPACE = 0x80  # CLONE_NEWTIME, of unshare only: in clone these bits are a signal's number
SOCKET_FAMILIES = (0, 1, 2, 10, 16)  # unspecified, Unix, IPv4, IPv6, netlink (linux/socket.h)
PERSONALITIES = (0, 0x0008, 0x20000, 0x20008, 0xFFFFFFFF)  # those of the container runtimes' profile
TERMINAL_INPUT = (0x5412, 0x541C, 0x5423)  # TIOCSTI, TIOCLINUX, TIOCSETD: they type into the instructor's terminal
# F_GETLK, F_SETLK, F_SETLKW, and the same for open files; F_SETLEASE, F_GETLEASE, F_NOTIFY (linux/fcntl.h)
RECORD_LOCKS, LEASES = (5, 6, 7, 36, 37, 38), (1024, 1025, 1026)
PR_SET_DUMPABLE, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 4, 22, 2

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above; AUDIT_ARCH_ (linux/audit.h)
ALLOW, ERRNO = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ (linux/seccomp.h)
LOAD, EQUAL, GREATER, ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06  # instructions (linux/bpf_common.h)
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data


def supported(machine=None):
    """Whether there are numbers for this architecture."""
    return (machine or platform.machine()) in ARCHITECTURES


def server_filter(machine=None):
    """The program for the fork server, as bubblewrap's ``--seccomp`` reads it: bytes.

    Parameters
    ----------
    machine : str, optional
        "x86_64" or "aarch64"; by default this machine's.
    """
    column, architecture = ARCHITECTURES[machine or platform.machine()]
    return _program(column, architecture, [number for calls in DENIED.values() for number in calls.values()])


def submission_filter(machine=None):
    """The program that a submission's process adds: no mounts and no namespaces. Its parameter as above."""
    column, architecture = ARCHITECTURES[machine or platform.machine()]
    unshare = _if_any_bit(CONDITIONAL["unshare"][column], 0, NEW_NAMESPACES | NEW_TIME_NAMESPACE)
    return _program(column, architecture, SUBMISSION_DENIED.values(), unshare)


def _program(column, architecture, denied, more=()):
    """Instructions: the architecture, numbers that are too new, calls that are denied, calls that depend."""
    number = {name: numbers[column] for name, numbers in CONDITIONAL.items()}
    rules = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        _error(errno.ENOSYS),
        (LOAD, 0, 0, NUMBER),
        (GREATER, 0, 1, NEWEST_CALL),
        _error(errno.ENOSYS),
        (EQUAL, 0, 1, CLONE3[column]),
        _error(errno.ENOSYS),
    ]
    for numbers in denied:
        if numbers[column] is not None:
            rules += [(EQUAL, 0, 1, numbers[column]), _error(errno.EPERM)]
    rules += more
    rules += _if_any_bit(number["clone"], 0, NEW_NAMESPACES)
    for name in ("socket", "socketpair"):
        rules += _unless(number[name], 0, SOCKET_FAMILIES, errno.EAFNOSUPPORT)
    rules += _unless(number["personality"], 0, PERSONALITIES, errno.EPERM)
    for request in TERMINAL_INPUT:
        rules += _if_equal(number["ioctl"], {1: request})
    # All submissions see the same read-only files: a lock on one of them would be a message to the others. So a lock
    # is granted, and locks nothing. That costs no honest program anything: nobody else can write its files.
    rules += [(EQUAL, 0, 1, FLOCK[column]), _error(0)]
    for command in (*RECORD_LOCKS, *LEASES):
        rules += _if_equal(number["fcntl"], {1: command}, errno.EPERM if command in LEASES else 0)
    # The grader could not see the memory of a process that hides itself.
    rules += _if_equal(number["prctl"], {0: PR_SET_DUMPABLE, 1: 0})
    return b"".join(struct.pack("=HBBI", *rule) for rule in [*rules, (RETURN, 0, 0, ALLOW)])


def _error(number):
    return (RETURN, 0, 0, ERRNO | number)


def _load_argument(place):
    """The lower half of an argument: the kernel itself looks at no more of those that are compared here."""
    return (LOAD, 0, 0, FIRST_ARGUMENT + 8 * place)


def _if_any_bit(number, place, bits):
    """Deny a call where an argument has any of these bits."""
    tests = [_load_argument(place), (ANY_BIT, 0, 1, bits), _error(errno.EPERM)]
    return _call_block(number, tests)


def _unless(number, place, values, error):
    """Deny a call unless an argument is one of these values."""
    tests = [(EQUAL, len(values) - index, 0, value) for index, value in enumerate(values)]
    return _call_block(number, [_load_argument(place), *tests, _error(error)])


def _if_equal(number, values, error=errno.EPERM):
    """Deny a call where all of these arguments, by place, have these values; error 0: it does nothing and succeeds."""
    tests = []
    for index, (place, value) in enumerate(values.items()):
        behind_error = 2 * (len(values) - 1 - index) + 1
        tests += [_load_argument(place), (EQUAL, 0, behind_error, value)]
    return _call_block(number, [*tests, _error(error)])


def _call_block(number, tests):
    """Tests for one call; behind them the call's number is loaded again."""
    return [(EQUAL, 0, len(tests) + 1, number), *tests, (LOAD, 0, 0, NUMBER)]


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install(program):
    """Load a program into this process, which must have given up new privileges; threads that it starts inherit it.

    Raises
    ------
    OSError
        If this Linux has no such filters.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(program) // 8, program)), 0, 0):
        raise OSError(ctypes.get_errno(), f"seccomp: {os.strerror(ctypes.get_errno())}")
