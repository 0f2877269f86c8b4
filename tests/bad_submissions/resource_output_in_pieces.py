# title: shows ten thousand outputs
# kind: resource
# status: graded | crashed | timed out
# earns: 4

# %% last
for number in range(10_000):
    display(number)
