# title: opens files until it may not
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
taken = []
try:
    while True:
        taken.append(open("/dev/null"))
except OSError as error:
    print(error)
