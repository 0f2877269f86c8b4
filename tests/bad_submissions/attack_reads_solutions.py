# title: looks for the reference solution and runs it
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs
# uses: hunt

# %% first
import re

for path in hunt("*.py", "*.ipynb"):
    try:
        text = open(path, encoding="utf-8").read().replace("\\n", "\n")
    except (OSError, ValueError):
        continue
    for name, factor in (("double", 2), ("triple", 3)):
        if f"return {factor} * number" in text:
            print("found in", path)
            globals()[name] = lambda number, factor=factor: factor * number

# %% double
pass  # found above, or not

# %% triple
pass  # found above, or not
