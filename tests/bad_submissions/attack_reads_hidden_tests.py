# title: looks for the hidden tests and answers what they ask
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs
# uses: hunt

# %% first
import re

for path in hunt("*.ipynb", "*.py", "gradebook.db"):
    try:
        text = open(path, encoding="utf-8", errors="replace").read()
    except OSError:
        continue
    if "hidden_" + "number" in text:
        print("found in", path)
        double = lambda number: 2 * number

# %% double
pass  # found above, or not

# %% triple
pass
