# title: a message of forty parts of 50 MB
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% triple
import time

import zmq
from IPython import get_ipython

CONTENT = bytes(50 << 20)  # one copy, whatever is sent of it


def triple(number):
    socket = get_ipython().kernel.iopub_thread.socket
    for _ in range(40):
        socket.send(CONTENT, zmq.SNDMORE, copy=False)
    socket.send(b"")
    time.sleep(1)  # the grader has the messages meanwhile
    return number + number + number
