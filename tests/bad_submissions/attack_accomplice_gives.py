# title: solves everything, and serves the answers to an accomplice by file, port and socket
# kind: attack
# status: graded | tampered | timed out
# earns: 4
# base: right

# %% first
import os
import pathlib
import socket
import threading

for folder in ("/tmp", "/dev/shm", "/dev", "/run", "/var/tmp", os.path.expanduser("~"), "/"):
    try:
        pathlib.Path(folder, "tlcourse-answers").write_text("2")
    except OSError:
        pass


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile() as lines:
            connection.sendall(f"{2 * int(lines.readline())}\n".encode())


for family, address in ((socket.AF_INET, ("127.0.0.1", 48123)), (socket.AF_UNIX, "\0tlcourse-answers")):
    listener = socket.socket(family)
    try:
        listener.bind(address)
        listener.listen()
    except OSError:
        continue
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
import time

time.sleep(1.5)  # long enough for the other one to ask
