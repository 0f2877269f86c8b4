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
