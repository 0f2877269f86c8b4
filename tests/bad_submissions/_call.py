def call(name, *arguments):
    """What a system call returns, by its name; -1 where it is denied or does not exist."""
    import ctypes
    import os

    numbers = {  # x86_64, aarch64
        "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "io_uring_setup": (425, 425),
        "userfaultfd": (323, 282), "memfd_secret": (447, 447), "perf_event_open": (298, 241), "bpf": (321, 280),
        "unshare": (272, 97), "clone": (56, 220), "clone3": (435, 435), "setns": (308, 268), "mount": (165, 40),
        "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "fsopen": (430, 430),
        "open_tree": (428, 428), "move_mount": (429, 429), "mount_setattr": (442, 442), "statmount": (457, 457),
        "ptrace": (101, 117), "process_vm_readv": (310, 270), "pidfd_getfd": (438, 438), "kcmp": (312, 272),
        "init_module": (175, 105), "kexec_load": (246, 104), "open_by_handle_at": (304, 265), "exit": (60, 93),
        "personality": (135, 92), "prctl": (157, 167), "syslog": (103, 116),
    }  # fmt: skip
    libc = ctypes.CDLL(None, use_errno=True)
    number = numbers[name][os.uname().machine != "x86_64"] if isinstance(name, str) else name
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return libc.syscall(ctypes.c_long(number), *values)
