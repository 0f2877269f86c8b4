# title: leaves a daemon behind that ignores every signal
# kind: resource
# status: graded
# earns: 4

# %% last
import subprocess
import sys

daemon = '''
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        time.sleep(600)
os._exit(0)  # left-behind
'''
import textwrap

subprocess.run([sys.executable, "-S", "-c", textwrap.dedent(daemon)])
