# title: takes memory bit by bit
# kind: resource
# status: graded | crashed | timed out
# earns: 3

# %% triple
def triple(number):
    taken = []
    while True:
        taken.append(bytearray(b"x") * 10_000_000)
