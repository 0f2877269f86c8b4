# title: leaves a hundred children behind
# kind: resource
# status: graded | crashed
# earns: 3 | 4

# %% last
import subprocess
import sys

sleep = "import time; time.sleep(600)  # left-behind"
try:
    children = [subprocess.Popen([sys.executable, "-S", "-c", sleep]) for _ in range(100)]
except OSError as error:
    print(error)
