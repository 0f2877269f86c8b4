# %% right: a walk that stops at the lowest
def steepest_rate(rates, losses):
    lowest = min(loss for loss in losses if np.isfinite(loss))
    best, steepest = None, 0
    for number in range(len(losses) - 1):
        if losses[number] == lowest:
            break
        slope = (losses[number + 1] - losses[number]) / (np.log(rates[number + 1]) - np.log(rates[number]))
        if best is None or slope < steepest:
            best, steepest = rates[number], slope
    return best


# %% right: log to base ten and a mask
def steepest_rate(rates, losses):
    rates, losses = np.asarray(rates), np.asarray(losses)
    with np.errstate(invalid="ignore"):
        slopes = np.diff(losses) / np.diff(np.log10(rates))
    before = np.arange(len(slopes)) < np.nanargmin(losses)
    return rates[np.argmin(np.where(before, slopes, np.inf))]


# %% right: min over pairs
def steepest_rate(rates, losses):
    last = list(losses).index(np.nanmin(losses))
    slope = lambda n: (losses[n + 1] - losses[n]) / np.log(rates[n + 1] / rates[n])
    return rates[min(range(last), key=slope)]


# %% wrong: over the rate itself
# message: over the rate instead of its logarithm
def steepest_rate(rates, losses):
    end = int(np.nanargmin(losses)) + 1
    return float(rates[int(np.argmin(np.diff(losses[:end]) / np.diff(rates[:end])))])


# %% wrong: differences for slopes
# message: difference of the losses is taken for the slope
def steepest_rate(rates, losses):
    end = int(np.nanargmin(losses)) + 1
    return float(rates[int(np.argmin(np.diff(losses[:end])))])


# %% wrong: the lowest loss
# message: the rate with the lowest loss is returned
def steepest_rate(rates, losses):
    return float(rates[int(np.nanargmin(losses))])


# %% wrong: the other rule of thumb
# message: a tenth of the rate with the lowest loss
def steepest_rate(rates, losses):
    return rate_finder.suggested_rate(rates, losses)


# %% wrong: the upper rate
# message: the upper rate of the pair
def steepest_rate(rates, losses):
    end = int(np.nanargmin(losses)) + 1
    slopes = np.diff(losses[:end]) / np.diff(np.log(rates[:end]))
    return float(rates[int(np.argmin(slopes)) + 1])


# %% wrong: looks beyond the lowest
# message: after the lowest loss
def steepest_rate(rates, losses):
    kept = np.isfinite(losses)
    rates, losses = np.asarray(rates)[kept], np.asarray(losses)[kept]
    return float(rates[int(np.argmin(np.diff(losses) / np.diff(np.log(rates))))])


# %% wrong: stumbles over nan
# message: `nan` is taken for the lowest loss
def steepest_rate(rates, losses):
    end = int(np.argmin(losses)) + 1
    slopes = np.diff(losses[:end]) / np.diff(np.log(rates[:end]))
    return float(rates[int(np.argmin(slopes))])


# %% wrong: the position
# message: the position is returned
def steepest_rate(rates, losses):
    end = int(np.nanargmin(losses)) + 1
    slopes = np.diff(losses[:end]) / np.diff(np.log(rates[:end]))
    return int(np.argmin(slopes))


# %% wrong: the steepest rise
# message: steepest rise
def steepest_rate(rates, losses):
    kept = np.isfinite(losses)
    rates, losses = np.asarray(rates)[kept], np.asarray(losses)[kept]
    return float(rates[int(np.argmax(np.diff(losses) / np.diff(np.log(rates))))])


# %% right: a fraction, because the slopes are compared crosswise
import math
from fractions import Fraction


def steepest_rate(rates, losses):
    lowest = losses.index(min(loss for loss in losses if math.isfinite(loss)))
    best = 0
    for number in range(1, lowest):
        fall = [losses[n + 1] - losses[n] for n in (best, number)]
        wide = [math.log(rates[n + 1] / rates[n]) for n in (best, number)]
        if fall[1] * wide[0] < fall[0] * wide[1]:
            best = number
    return Fraction(rates[best])


# %% wrong: the last of several lowest points
# message: the last of several points with the lowest loss is taken
def steepest_rate(rates, losses):
    finite = [loss for loss in losses if np.isfinite(loss)]
    end = max(n for n, loss in enumerate(losses) if loss == min(finite)) + 1
    return float(rates[int(np.argmin(np.diff(losses[:end]) / np.diff(np.log(rates[:end]))))])


# %% wrong: one point short
# message: the pair that ends in the lowest loss is left out
def steepest_rate(rates, losses):
    end = int(np.nanargmin(losses))
    return float(rates[int(np.argmin(np.diff(losses[:end]) / np.diff(np.log(rates[:end]))))])


# %% wrong: the last of several steepest pairs
# message: the last of several equally steep pairs is taken
def steepest_rate(rates, losses):
    end, best, steepest = int(np.nanargmin(losses)), rates[0], np.inf
    for n in range(end):
        slope = (losses[n + 1] - losses[n]) / np.log(rates[n + 1] / rates[n])
        if slope <= steepest:
            best, steepest = rates[n], slope
    return best


# %% wrong: by the size of the slope
# message: whether it falls or rises
def steepest_rate(rates, losses):
    kept = np.isfinite(losses)
    rates, losses = np.asarray(rates)[kept], np.asarray(losses)[kept]
    return float(rates[int(np.argmax(np.abs(np.diff(losses) / np.diff(np.log(rates)))))])


# %% wrong: gradient of numpy
# message: `np.gradient` is used
def steepest_rate(rates, losses):
    end = int(np.nanargmin(losses)) + 1
    return float(rates[int(np.argmin(np.gradient(losses[:end], np.log(rates[:end]))))])


# %% wrong: the slope
# message: the slope is returned
def steepest_rate(rates, losses):
    end = int(np.nanargmin(losses)) + 1
    return float(np.min(np.diff(losses[:end]) / np.diff(np.log(rates[:end]))))


# %% wrong: cuts what it was given
# message: changes its argument
def steepest_rate(rates, losses):
    while not np.isfinite(losses[-1]):
        losses.pop()
    end = int(np.argmin(losses)) + 1
    return float(rates[int(np.argmin(np.diff(losses[:end]) / np.diff(np.log(rates[:end]))))])
