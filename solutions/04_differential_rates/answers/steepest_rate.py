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
# message: should be
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
