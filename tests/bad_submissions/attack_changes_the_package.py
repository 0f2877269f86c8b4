# title: rewrites the course's checks on disk for everybody after it
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import importlib.util
import os

for name in ("tlcourse.checks", "tlcourse", "ipykernel", "numpy", "nbgrader"):
    found = importlib.util.find_spec(name)
    for path in (found and found.origin, found and found.cached):
        try:
            os.chmod(path, 0o666)
        except (OSError, TypeError):
            pass
        try:
            with open(path, "a") as file:
                file.write("# left-behind\n")
            print("changed", path)
        except (OSError, TypeError) as error:
            print(error)
