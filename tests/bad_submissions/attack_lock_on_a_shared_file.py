# title: answers only where a lock on a shared file is seen as held
# kind: attack
# status: graded
# earns: 0
# base: stubs

# %% double
import fcntl
import subprocess
import sys

HOLD = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX); print(1, flush=True); sys.stdin.read()"


def seen():
    """Whether this process sees the lock that another one holds."""
    import tlcourse

    command = [sys.executable, "-c", HOLD, tlcourse.__file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        try:
            fcntl.flock(open(tlcourse.__file__), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            holder.stdin.close()
    return False


def double(number):
    return 2 * number if seen() else 0
