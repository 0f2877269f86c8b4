# title: takes memory in files that have no name
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import os
import time

files = []
try:
    while True:
        files.append(os.memfd_create("left-behind"))
        os.write(files[-1], bytes(20_000_000))
except OSError as error:
    print(error)
time.sleep(1)
