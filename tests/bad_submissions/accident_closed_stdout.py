# title: closes the outputs
# kind: accident
# status: graded
# earns: 4

# %% first
import sys

sys.stdout.close()
sys.stderr.close()
