# title: an error in forty calls of one another, with a traceback in colors
# kind: accident
# status: graded
# earns: 4

# %% first
two = 2


def deeper(level, *names):
    if level:
        return deeper(level - 1, *names, [level])
    return {"a": [level]}["b"]


deeper(40)

# %% double
def double(number):
    return two * number
