# title: never waits for its children
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import os
import time

try:
    while True:
        if os.fork() == 0:
            os._exit(0)
except OSError as error:
    print(error)
time.sleep(1)
