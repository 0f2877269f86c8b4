# title: asks a server on the instructor's machine through a socket without a file
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% double
import socket


def double(number):
    with socket.socket(socket.AF_UNIX) as oracle:
        oracle.settimeout(1)
        oracle.connect("\0tlcourse-oracle-ORACLE_PORT")
        oracle.sendall(f"{number}\n".encode())
        return int(oracle.makefile().readline())
