# title: writes to every file and socket that it has inherited
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% last
import os

for number in range(3, 200):
    try:
        kind = os.readlink(f"/proc/self/fd/{number}")
        if not kind.startswith("socket") and "eventpoll" not in kind and "eventfd" not in kind:
            os.write(number, b'{"ready": true, "cpu": 0, "exit": 0}\n')
    except OSError:
        pass
