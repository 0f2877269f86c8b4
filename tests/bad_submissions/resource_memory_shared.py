# title: fills /dev/shm and /tmp
# kind: resource
# status: graded | crashed | timed out
# earns: 3 | 4

# %% last
for folder in ("/dev/shm", "/tmp"):
    try:
        with open(f"{folder}/left-behind", "wb") as file:
            while True:
                file.write(b"x" * 10_000_000)
    except OSError as error:
        print(folder, error)
