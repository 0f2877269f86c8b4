# title: goes to another folder and removes its own
# kind: accident
# status: graded
# earns: 4

# %% first
import os
import shutil

here = os.getcwd()
os.chdir("/tmp")
shutil.rmtree(here, ignore_errors=True)
