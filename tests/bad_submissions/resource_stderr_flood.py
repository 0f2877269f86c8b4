# title: writes 20 MB to stderr
# kind: resource
# status: graded | crashed | timed out
# earns: 4

# %% last
import sys

for _ in range(20_000):
    print("W" * 1000, file=sys.stderr)
