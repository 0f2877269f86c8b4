# title: a thread clears the outputs of the cell that fails
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import threading
import time

from IPython.display import clear_output


def clear():
    while True:
        time.sleep(0.01)
        clear_output()


threading.Thread(target=clear, daemon=True).start()
