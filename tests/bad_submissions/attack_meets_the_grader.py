# title: speaks to the sockets where the grader meets its kernels
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import glob
import json
import socket

for path in glob.glob("/run/**/*", recursive=True) + glob.glob("/proc/*/root/run/grading/*"):
    try:
        with socket.socket(socket.AF_UNIX) as meeting:
            meeting.settimeout(0.3)
            meeting.connect(path)
            request = {"connection": {}, "files": {}, "limits": {"memory_megabytes": 1, "disk_megabytes": 1, "processes": 1}}
            meeting.sendall(json.dumps(request).encode() + b"\n")
            print(path, meeting.recv(100))
    except OSError as error:
        print(path, error)
