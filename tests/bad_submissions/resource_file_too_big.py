# title: writes a file without end
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
with open("big", "wb") as file:
    while True:
        file.write(b"x" * 10_000_000)
