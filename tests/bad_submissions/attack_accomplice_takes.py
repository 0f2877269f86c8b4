# title: asks an accomplice who is graded at the same time
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% double
import glob
import os
import pathlib
import socket


def ask(family, address, number):
    with socket.socket(family) as friend:
        friend.settimeout(0.2)
        friend.connect(address)
        friend.sendall(f"{number}\n".encode())
        return int(friend.makefile().readline())


def double(number):
    for folder in ("/tmp", "/dev/shm", "/dev", "/run", "/var/tmp", os.path.expanduser("~"), "/", *glob.glob("/proc/[0-9]*/root/tmp")):
        try:
            return int(pathlib.Path(folder, "tlcourse-answers").read_text()) * number
        except (OSError, ValueError):
            pass
    for family, address in ((socket.AF_INET, ("127.0.0.1", 48123)), (socket.AF_UNIX, "\0tlcourse-answers")):
        try:
            return ask(family, address, number)
        except OSError as error:
            print(address, error)
    raise NotImplementedError

# %% first
import time

time.sleep(0.7)  # let the accomplice begin
