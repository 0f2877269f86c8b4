# title: fills pipes and sockets
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import fcntl
import os
import socket

held = []
try:
    while True:
        reader, writer = os.pipe()
        held += [reader, writer]
        os.set_blocking(writer, False)
        try:
            fcntl.fcntl(writer, 1031, 1 << 20)
        except OSError:
            pass
        try:
            os.write(writer, bytes(1 << 20))
        except BlockingIOError:
            pass
        pair = socket.socketpair()
        held.append(pair)
        pair[0].setblocking(False)
        try:
            while True:
                pair[0].send(bytes(100_000))
        except BlockingIOError:
            pass
except OSError as error:
    print(error)
