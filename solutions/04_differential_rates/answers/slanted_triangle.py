# %% right: two pieces
def slanted_triangle(steps, rising, peak, lowest):
    up = [lowest + (peak - lowest) * step / rising for step in range(rising)]
    falling = steps - 1 - rising
    return up + [peak - (peak - lowest) * step / falling for step in range(falling + 1)]


# %% right: linspace
def slanted_triangle(steps, rising, peak, lowest):
    return np.concatenate([np.linspace(lowest, peak, rising + 1), np.linspace(peak, lowest, steps - rising)[1:]])


# %% right: the lower of two lines
def slanted_triangle(steps, rising, peak, lowest):
    step = np.arange(steps)
    height = np.minimum(step / rising, (steps - 1 - step) / (steps - 1 - rising))
    return (peak * height + lowest * (1 - height)).tolist()


# %% wrong: the paper's end
# message: one step after the last
def slanted_triangle(steps, rising, peak, lowest):
    return np.interp(np.arange(steps), [0, rising, steps], [lowest, peak, lowest])


# %% wrong: counts from 1
# message: counted as 1
def slanted_triangle(steps, rising, peak, lowest):
    step = np.arange(1, steps + 1)
    return lowest + (peak - lowest) * np.minimum(step / rising, (steps - 1 - step) / (steps - 1 - rising))


# %% wrong: no floor
# message: begins and ends at 0
def slanted_triangle(steps, rising, peak, lowest):
    return np.interp(np.arange(steps), [0, rising, steps - 1], [0, peak, 0])


# %% wrong: swapped
# message: peak and lowest are swapped
def slanted_triangle(steps, rising, peak, lowest):
    return np.interp(np.arange(steps), [0, rising, steps - 1], [peak, lowest, peak])


# %% wrong: slanted the other way
# message: rises slowly and falls quickly
def slanted_triangle(steps, rising, peak, lowest):
    return np.interp(np.arange(steps), [0, steps - 1 - rising, steps - 1], [lowest, peak, lowest])


# %% wrong: peak on top of the floor
# message: peak is added
def slanted_triangle(steps, rising, peak, lowest):
    return lowest + np.interp(np.arange(steps), [0, rising, steps - 1], [0, peak, 0])


# %% wrong: one step too many
# message: a step is listed that is none
def slanted_triangle(steps, rising, peak, lowest):
    return np.interp(np.arange(steps + 1), [0, rising, steps], [lowest, peak, lowest])


# %% wrong: the course's own schedule
# message: one step after the last
def slanted_triangle(steps, rising, peak, lowest):
    schedule = schedules.SlantedTriangle(peak, steps, (rising + 0.5) / steps, peak / lowest)
    return [float(schedule(step)) for step in range(steps)]


# %% right: step by step, with numbers of numpy
def slanted_triangle(steps, rising, peak, lowest):
    rates = [np.float64(lowest)]
    for step in range(1, steps):
        slope = (peak - lowest) / rising if step <= rising else (lowest - peak) / (steps - 1 - rising)
        rates.append(rates[-1] + slope)
    return rates


# %% wrong: the last step is missing
# message: the last step is missing
def slanted_triangle(steps, rising, peak, lowest):
    return np.interp(np.arange(steps - 1), [0, rising, steps - 1], [lowest, peak, lowest])


# %% wrong: the peak twice
# message: the peak is listed twice
def slanted_triangle(steps, rising, peak, lowest):
    return np.concatenate([np.linspace(lowest, peak, rising + 1), np.linspace(peak, lowest, steps - rising)])


# %% wrong: one step late
# message: the peak is reached one step too late
def slanted_triangle(steps, rising, peak, lowest):
    return np.interp(np.arange(steps), [0, rising + 1, steps - 1], [lowest, peak, lowest])


# %% wrong: by factors
# message: by a factor instead of along straight lines
def slanted_triangle(steps, rising, peak, lowest):
    return np.concatenate([np.geomspace(lowest, peak, rising + 1), np.geomspace(peak, lowest, steps - rising)[1:]])


# %% wrong: falls to 0
# message: the triangle ends at 0
def slanted_triangle(steps, rising, peak, lowest):
    return np.interp(np.arange(steps), [0, rising, steps - 1], [lowest, peak, 0])


# %% wrong: two lines with integer division
# message: should be
def slanted_triangle(steps, rising, peak, lowest):
    share = [step // rising if step < rising else (steps - 1 - step) / (steps - 1 - rising) for step in range(steps)]
    return [lowest + (peak - lowest) * each for each in share]


# %% wrong: waits at the peak
# message: the rate stays at the peak
def slanted_triangle(steps, rising, peak, lowest):
    return [lowest + (peak - lowest) * min(step / rising, 1) for step in range(steps)]


# %% wrong: the array takes the type of lowest
# message: should be
# earns: 0
def slanted_triangle(steps, rising, peak, lowest):
    rates = np.full(steps, lowest)
    for step in range(1, steps - 1):
        if step <= rising:
            share = step / rising
        else:
            share = (steps - 1 - step) / (steps - 1 - rising)
        rates[step] = lowest + share * (peak - lowest)
    return rates
