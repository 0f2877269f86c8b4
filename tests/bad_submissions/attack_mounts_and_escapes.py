# title: tries to mount, to change root and to make namespaces
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for name, call in {
    "unshare": lambda: libc.unshare(0x10000000 | 0x00020000),
    "mount": lambda: libc.mount(b"proc", b"/proc", b"proc", 0, None),
    "umount": lambda: libc.umount2(b"/home", 2),
    "remount": lambda: libc.mount(b"none", b"/", None, 32 | 4096, None),
    "mknod": lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0)) or 0,
    "setuid": lambda: os.setuid(0) or 0,
}.items():
    try:
        print(name, call(), os.strerror(ctypes.get_errno()))
    except OSError as error:
        print(name, error)
for folder in ("/home/left-behind", "/left-behind"):
    try:
        os.mkdir(folder)
    except OSError as error:
        print(error)
