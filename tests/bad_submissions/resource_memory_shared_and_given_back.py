# title: takes shared pages, and gives the mapping back but not the memory
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import mmap
import time

pages = mmap.mmap(-1, 1_200_000_000)
for place in range(0, len(pages), 4096):
    pages[place] = 1
    if place % 8_192_000 == 0:
        pages.madvise(mmap.MADV_DONTNEED)
time.sleep(1)
