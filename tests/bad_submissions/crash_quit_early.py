# title: quit() in the first cell, and a second in which the kernel could end
# kind: resource
# status: graded
# earns: 4

# %% first
quit()
import time

time.sleep(1)
