# title: another thread looks into the check's frames
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% double
import sys
import threading
import time

seen = {}


def look(thread):
    frame = sys._current_frames()[thread]
    while frame is not None:
        if "expected" in frame.f_locals:
            seen["value"] = frame.f_locals["expected"]
        frame = frame.f_back


def double(number):
    seen.clear()
    looker = threading.Thread(target=look, args=(threading.get_ident(),))
    looker.start()
    looker.join()
    return seen.get("value")
