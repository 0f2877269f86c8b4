# title: waits in the kernel for a child that sleeps and has its memory
# kind: resource
# status: timed out | crashed
# earns: 3

# %% triple
import ctypes


def triple(number):
    libc = ctypes.CDLL(None)
    if libc.vfork() == 0:
        libc.sleep(600)
        libc._exit(0)
    return 3 * number
