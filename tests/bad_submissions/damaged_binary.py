# title: bytes at random
# kind: damaged
# status: unreadable
# earns: 0

# %% build
import random


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(random.Random(1).randbytes(100_000))
