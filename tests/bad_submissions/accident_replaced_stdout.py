# title: prints into a file instead of the notebook
# kind: accident
# status: graded
# earns: 4

# %% first
import sys

sys.stdout = open("output.txt", "w")
