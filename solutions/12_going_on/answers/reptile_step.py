# %% right: a mixture
def reptile_step(weights, adapted, rate):
    return [(1 - rate) * w + rate * a.mean(axis=0) for w, a in zip(weights, adapted)]


# %% right: differences first
def reptile_step(weights, adapted, rate):
    result = []
    for k in range(len(weights)):
        result.append(weights[k] + rate * np.mean(adapted[k] - weights[k], axis=0))
    return result


# %% right: tasks in a loop
def reptile_step(weights, adapted, rate):
    new = [np.array(w, dtype=float) for w in weights]
    for k, old in enumerate(weights):
        for a in adapted[k]:
            new[k] += rate * (a - old) / len(adapted[k])
    return new


# %% right: map
def reptile_step(weights, adapted, rate):
    return list(map(lambda w, a: w + rate * (np.average(a, axis=0) - w), weights, adapted))


# %% wrong: away
# message: goes away
def reptile_step(weights, adapted, rate):
    return [w - rate * (a.mean(axis=0) - w) for w, a in zip(weights, adapted)]


# %% wrong: sum
# message: sum over the tasks
def reptile_step(weights, adapted, rate):
    return [w + rate * (a - w).sum(axis=0) for w, a in zip(weights, adapted)]


# %% wrong: replaced
# message: replaced by the mean
def reptile_step(weights, adapted, rate):
    return [a.mean(axis=0) for w, a in zip(weights, adapted)]


# %% wrong: not subtracted
# message: is not subtracted
def reptile_step(weights, adapted, rate):
    return [w + rate * a.mean(axis=0) for w, a in zip(weights, adapted)]


# %% wrong: not added
# message: is not added
def reptile_step(weights, adapted, rate):
    return [rate * (a.mean(axis=0) - w) for w, a in zip(weights, adapted)]


# %% wrong: exchanged
# message: rate and 1 - rate
def reptile_step(weights, adapted, rate):
    return [rate * w + (1 - rate) * a.mean(axis=0) for w, a in zip(weights, adapted)]


# %% wrong: last task
# message: last task counts
def reptile_step(weights, adapted, rate):
    return [w + rate * (a[-1] - w) for w, a in zip(weights, adapted)]


# %% wrong: first task
# message: first task counts
def reptile_step(weights, adapted, rate):
    return [w + rate * (a[0] - w) for w, a in zip(weights, adapted)]


# %% wrong: one after another
# message: one after another
def reptile_step(weights, adapted, rate):
    result = []
    for w, a in zip(weights, adapted):
        for each in a:
            w = w + rate * (each - w)
        result.append(w)
    return result


# %% wrong: no mean
# message: start of its own
def reptile_step(weights, adapted, rate):
    return [w + rate * (a - w) for w, a in zip(weights, adapted)]


# %% wrong: in place
# message: changes its argument
def reptile_step(weights, adapted, rate):
    for w, a in zip(weights, adapted):
        w[...] = w + rate * (a.mean(axis=0) - w)
    return weights


# %% wrong: whole numbers
# message: whole numbers
def reptile_step(weights, adapted, rate):
    new = [w.copy() for w in weights]
    for n, w, a in zip(new, weights, adapted):
        n[...] = w + rate * (a.mean(axis=0) - w)
    return new


# %% wrong: median
# message: median
def reptile_step(weights, adapted, rate):
    return [w + rate * (np.median(a, axis=0) - w) for w, a in zip(weights, adapted)]


# %% right: the start itself at rate 0
def reptile_step(weights, adapted, rate):
    if rate == 0:
        return weights
    return [w + rate * (a.mean(axis=0) - w) for w, a in zip(weights, adapted)]


# %% right: comprehension
def reptile_step(weights, adapted, rate):
    return [w + rate * (a.mean(axis=0) - w) for w, a in zip(weights, adapted)]


# %% right: loop with floats
def reptile_step(weights, adapted, rate):
    result = []
    for old, new in zip(weights, adapted):
        old, new = np.array(old, dtype=float), np.array(new, dtype=float)
        for task in new:
            result_part = rate * (task - np.asarray(old)) / len(new)
            new_total = result_part if task is new[0] else result_part
        result.append((1 - rate) * old + rate * new.mean(axis=0))
    return result


# %% right: Keras
def reptile_step(weights, adapted, rate):
    moved = []
    for old, new in zip(weights, adapted):
        old, new = keras.ops.cast(old, "float64"), keras.ops.cast(new, "float64")
        moved.append(keras.ops.convert_to_numpy(old + rate * keras.ops.mean(new - old[None], axis=0)))
    return moved


# %% wrong: tasks one after the other
# message: the tasks are taken one after another, each with its share o
def reptile_step(weights, adapted, rate):
    result = []
    for w, a in zip(weights, adapted):
        for task in a:
            w = w + rate * (task - w) / len(a)
        result.append(w)
    return result
