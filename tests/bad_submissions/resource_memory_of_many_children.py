# title: takes memory in many children, each below the limit
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import os
import time

for _ in range(20):
    if os.fork() == 0:
        kept = bytearray(b"x") * 50_000_000
        time.sleep(5)
        os._exit(0)
time.sleep(3)
