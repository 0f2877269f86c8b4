# title: takes memory in children whose main thread has ended
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4
# uses: call

# %% last
import os
import threading
import time


def keep():
    kept = bytearray(b"x") * 100_000_000
    time.sleep(600)


for _ in range(8):
    if os.fork() == 0:
        threading.Thread(target=keep).start()
        time.sleep(0.3)
        call("exit", 0)
time.sleep(3)
