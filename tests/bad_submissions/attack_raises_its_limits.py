# title: raises the limits that it was given, and then takes memory
# kind: attack
# status: graded | crashed | timed out | tampered
# earns: 0
# base: stubs

# %% first
import resource

for name in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
    try:
        resource.setrlimit(name, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError) as error:
        print(error)

# %% double
def double(number):
    taken = []
    while True:
        taken.append(bytearray(b"x") * 10_000_000)
