# title: sends messages of 50 MB while a check waits for its function
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% triple
import time

from IPython import get_ipython

CONTENT = bytes(50 << 20)  # one copy, whatever is sent of it


def triple(number):
    socket = get_ipython().kernel.iopub_thread.socket
    for _ in range(40):
        socket.send(CONTENT, copy=False)
    time.sleep(1)  # the grader has the messages meanwhile
    return number + number + number
