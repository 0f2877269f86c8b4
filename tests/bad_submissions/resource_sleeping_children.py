# title: starts as many sleeping children as it can
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import os
import time

children = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)
        children += 1
except OSError as error:
    print(children, error)
time.sleep(2)
