# title: waits for itself: a lock, a pipe, a socket and a signal
# kind: resource
# status: timed out | crashed
# earns: 3

# %% triple
import os
import select
import threading


def triple(number):
    reader, writer = os.pipe()
    threading.Thread(target=os.read, args=(reader, 1)).start()
    lock = threading.Lock()
    threading.Thread(target=lambda: (lock.acquire(), lock.acquire())).start()
    select.select([], [], [])
    return 3 * number
