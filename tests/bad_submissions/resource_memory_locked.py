# title: locks memory, so that it cannot be paged out
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import ctypes

libc = ctypes.CDLL(None)
print(libc.mlockall(3))
try:
    kept = [bytearray(b"x") * 50_000_000 for _ in range(20)]
except MemoryError as error:
    print(error)
