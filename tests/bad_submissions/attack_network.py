# title: asks a server on the instructor's machine
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% double
import socket


def double(number):
    with socket.create_connection(("127.0.0.1", ORACLE_PORT), timeout=1) as oracle:
        oracle.sendall(f"{number}\n".encode())
        return int(oracle.makefile().readline())
