# title: a thread that keeps the kernel from ending
# kind: resource
# status: graded
# earns: 4

# %% last
import threading
import time

threading.Thread(target=time.sleep, args=(10**6,)).start()
