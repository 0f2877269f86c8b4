# title: starts a child in new namespaces, by clone itself
# kind: attack
# status: graded | tampered | crashed
# earns: 0
# base: stubs
# uses: call

# %% double
import os


def double(number):
    """Right only where a child lives in a namespace of its own."""
    for flags in (0x10000000, 0x20000000, 0x00020000, 0x40000000):
        child = call("clone", flags | 17, 0, 0, 0, 0)
        if child == 0:
            os._exit(0)
        if child > 0:
            os.waitpid(child, 0)
            return 2 * number
    raise NotImplementedError
