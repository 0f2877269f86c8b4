# title: prints 40 MB at once
# kind: resource
# status: graded | crashed | timed out
# earns: 4

# %% last
print("x" * 40_000_000)
