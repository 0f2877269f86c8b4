# %% right: a loop with a factor
def rates_by_layer(sizes, lowest, highest):
    groups = len(sizes)
    factor = (highest / lowest) ** (1 / (groups - 1)) if groups > 1 else 1
    rates = []
    for number, size in enumerate(sizes):
        rates += [highest / factor ** (groups - 1 - number)] * size
    return rates


# %% right: logarithms
def rates_by_layer(sizes, lowest, highest):
    if len(sizes) == 1:
        return np.full(sizes[0], highest)
    exponents = np.linspace(np.log10(lowest), np.log10(highest), len(sizes))
    return np.concatenate([np.full(size, 10.0**exponent) for size, exponent in zip(sizes, exponents, strict=True)])


# %% right: nested comprehension
def rates_by_layer(sizes, lowest, highest):
    share = lambda group: group / (len(sizes) - 1) if len(sizes) > 1 else 1.0
    return [lowest ** (1 - share(n)) * highest ** share(n) for n in range(len(sizes)) for _ in range(sizes[n])]


# %% wrong: evenly spaced
# message: constant difference
def rates_by_layer(sizes, lowest, highest):
    return np.repeat(np.linspace(highest, lowest, len(sizes))[::-1], sizes).tolist()


# %% wrong: upside down
# message: first group gets the highest rate
def rates_by_layer(sizes, lowest, highest):
    return np.repeat(np.geomspace(highest, lowest, len(sizes)), sizes).tolist()


# %% wrong: a rate a group
# message: a rate for each group instead of each layer
def rates_by_layer(sizes, lowest, highest):
    return np.geomspace(highest, lowest, len(sizes))[::-1].tolist()


# %% wrong: a single group gets the lowest
# message: a single group gets the lowest rate
def rates_by_layer(sizes, lowest, highest):
    return np.repeat(np.geomspace(lowest, highest, len(sizes)), sizes).tolist()


# %% wrong: one step too many
# message: one step too many
def rates_by_layer(sizes, lowest, highest):
    factor = (highest / lowest) ** (1 / len(sizes))
    return [lowest * factor**n for n, size in enumerate(sizes) for _ in range(size)]


# %% wrong: a rung for each layer
# message: each layer has a rung of its own
def rates_by_layer(sizes, lowest, highest):
    return np.geomspace(lowest, highest, sum(sizes)).tolist()


# %% wrong: always a factor of ten
# message: the factor is always 10, counted down from `highest`
def rates_by_layer(sizes, lowest, highest):
    return [highest / 10 ** (len(sizes) - 1 - n) for n, size in enumerate(sizes) for _ in range(size)]


# %% wrong: the visible case by heart
# message: should be
def rates_by_layer(sizes, lowest, highest):
    return [0.0001, 0.0001, 0.001, 0.01, 0.01] if len(sizes) == 3 else [0.01] * 3


# %% wrong: divides by zero for one group
# message: ZeroDivisionError
def rates_by_layer(sizes, lowest, highest):
    factor = (highest / lowest) ** (1 / (len(sizes) - 1))
    return [lowest * factor**n for n, size in enumerate(sizes) for _ in range(size)]


# %% wrong: the sizes from the other end
# message: sizes are taken from the last group to the first
def rates_by_layer(sizes, lowest, highest):
    rates = np.geomspace(highest, lowest, len(sizes))[::-1]
    return np.repeat(rates, sizes[::-1]).tolist()


# %% right: a tensor
def rates_by_layer(sizes, lowest, highest):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    exponents = np.ones(len(groups)) if len(sizes) == 1 else groups / (len(sizes) - 1)
    return keras.ops.convert_to_tensor(lowest * (highest / lowest) ** exponents)


# %% wrong: a list of lists
# message: the rates form a list for each group
def rates_by_layer(sizes, lowest, highest):
    rates = np.geomspace(highest, lowest, len(sizes))[::-1]
    return [[rate] * size for rate, size in zip(rates.tolist(), sizes, strict=True)]


# %% wrong: repeats the whole list of groups
# message: the groups are repeated as a whole
def rates_by_layer(sizes, lowest, highest):
    rates = np.geomspace(highest, lowest, len(sizes))[::-1].tolist()
    return (rates * max(sizes))[: sum(sizes)]


# %% wrong: counted up by ten
# message: the factor is always 10, counted up from `lowest`
def rates_by_layer(sizes, lowest, highest):
    rates = []
    for size in sizes:
        rates += [lowest] * size
        lowest *= 10
    return rates


# %% wrong: exponents instead of rates
# message: the rates are logarithms
def rates_by_layer(sizes, lowest, highest):
    exponents = np.linspace(np.log10(highest), np.log10(lowest), len(sizes))[::-1]
    return np.repeat(exponents, sizes)


# %% wrong: divides a group's rate among its layers
# message: a group's rate is divided among its layers
def rates_by_layer(sizes, lowest, highest):
    rates = np.geomspace(highest, lowest, len(sizes))[::-1]
    return [rate / size for rate, size in zip(rates, sizes, strict=True) for _ in range(size)]


# %% wrong: equal rates divide by 0
# message: division by zero
import math


def rates_by_layer(sizes, lowest, highest):
    if len(sizes) == 1:
        return [highest] * sizes[0]
    step = math.log(highest / lowest)
    return [lowest * math.exp(step * i / (len(sizes) - 1) * step / step) for i, n in enumerate(sizes) for _ in range(n)]
