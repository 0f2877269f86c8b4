# title: opens every terminal
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
import pty

pairs = []
try:
    while True:
        pairs.append(pty.openpty())
except OSError as error:
    print(len(pairs), error)
