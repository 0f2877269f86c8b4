# title: looks for another student's answer and runs it
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs
# uses: hunt

# %% first
import re

for path in hunt("*.ipynb"):
    try:
        text = open(path, encoding="utf-8").read().replace("\\n", "\n").replace('\\"', '"')
    except (OSError, ValueError):
        continue
    if "return number + " + "number" in text:
        print("found in", path)
        double = lambda number: number + number

# %% double
pass  # found above, or not

# %% triple
pass
