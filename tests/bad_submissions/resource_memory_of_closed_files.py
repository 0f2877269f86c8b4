# title: takes memory in files that are closed and still mapped
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import mmap
import os
import time

mapped = []
for _ in range(60):
    number = os.memfd_create("left-behind")
    os.write(number, bytes(20_000_000))
    mapped.append(mmap.mmap(number, 20_000_000))
    os.close(number)
time.sleep(1)
