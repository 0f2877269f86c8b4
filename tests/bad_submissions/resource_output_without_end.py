# title: prints without end
# kind: resource
# status: timed out | crashed | graded
# earns: 3

# %% triple
def triple(number):
    while True:
        print("x" * 10_000)
