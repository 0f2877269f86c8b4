# title: makes a hundred thousand files
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
for number in range(100_000):
    open(f"file{number}", "w").close()
