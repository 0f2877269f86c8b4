# title: ten thousand threads
# kind: resource
# status: graded | crashed
# earns: 3 | 4

# %% last
import threading
import time

try:
    for _ in range(10_000):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
except RuntimeError as error:
    print(error)
