# title: starts children full of sleeping threads
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import os
import threading
import time

for _ in range(6):
    if os.fork() == 0:
        try:
            while True:
                threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        except RuntimeError:
            time.sleep(5)
        os._exit(0)
time.sleep(2)
