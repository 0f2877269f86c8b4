# title: a number that changes between two looks
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% double
class Wandering(float):
    looks = 0

    def __float__(self):
        Wandering.looks += 1
        return float(Wandering.looks)


def double(number):
    return Wandering(0)
