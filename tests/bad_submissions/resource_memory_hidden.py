# title: forbids others to look at its memory, and takes a lot
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4
# uses: call

# %% last
import os
import time

call("prctl", 4, 0, 0, 0, 0)
files = []
try:
    while True:
        files.append(os.memfd_create("left-behind"))
        os.write(files[-1], bytes(20_000_000))
except OSError as error:
    print(error)
time.sleep(1)
