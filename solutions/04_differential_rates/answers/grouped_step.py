# %% right: a loop that appends
def grouped_step(weights, velocities, gradients, rates, momentum):
    new_weights, new_velocities = [], []
    for w, v, g, r in zip(weights, velocities, gradients, rates):
        v = momentum * v - r * g
        new_velocities.append(v)
        new_weights.append(w + v)
    return new_weights, new_velocities


# %% right: by position, a list instead of a pair
def grouped_step(weights, velocities, gradients, rates, momentum):
    moved = [momentum * velocities[n] - rates[n] * gradients[n] for n in range(len(rates))]
    return [[weights[n] + moved[n] for n in range(len(rates))], moved]


# %% right: copies that are changed
def grouped_step(weights, velocities, gradients, rates, momentum):
    weights, velocities = [w.copy() for w in weights], [v.copy() for v in velocities]
    for n, rate in enumerate(rates):
        velocities[n] *= momentum
        velocities[n] -= rate * gradients[n]
        weights[n] += velocities[n]
    return weights, velocities


# %% right: by Keras' own optimizers
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = []
    for w, v, g, rate in zip(weights, velocities, gradients, rates, strict=True):
        variable = keras.Variable(w)
        optimizer = keras.optimizers.SGD(rate, momentum)
        optimizer.build([variable])
        optimizer.momentums[0].assign(v)
        optimizer.apply([keras.ops.convert_to_tensor(g, "float32")], [variable])
        new.append((keras.ops.convert_to_numpy(variable), keras.ops.convert_to_numpy(optimizer.momentums[0])))
    return [w for w, _ in new], [v for _, v in new]


# %% wrong: the last rate for all
# message: all groups move at the last group's rate
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * v - rates[-1] * g for v, g in zip(velocities, gradients, strict=True)]
    return [w + v for w, v in zip(weights, new, strict=True)], new


# %% wrong: the first rate for all
# message: all groups move at the first group's rate
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * v - rates[0] * g for v, g in zip(velocities, gradients, strict=True)]
    return [w + v for w, v in zip(weights, new, strict=True)], new


# %% wrong: uphill
# message: uphill
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * v + r * g for v, g, r in zip(velocities, gradients, rates, strict=True)]
    return [w + v for w, v in zip(weights, new, strict=True)], new


# %% wrong: the rate on the velocity too
# message: the rate multiplies the velocity, too
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [r * (momentum * v - g) for v, g, r in zip(velocities, gradients, rates, strict=True)]
    return [w + v for w, v in zip(weights, new, strict=True)], new


# %% wrong: no momentum
# message: the momentum is left out
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [-r * g for g, r in zip(gradients, rates, strict=True)]
    return [w + v for w, v in zip(weights, new, strict=True)], new


# %% wrong: the old velocity moves the weights
# message: by the old velocity
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * v - r * g for v, g, r in zip(velocities, gradients, rates, strict=True)]
    return [w + v for w, v in zip(weights, velocities, strict=True)], new


# %% wrong: changes what it was given
# message: changes its argument: work on a copy
def grouped_step(weights, velocities, gradients, rates, momentum):
    for w, v, g, r in zip(weights, velocities, gradients, rates, strict=True):
        v *= momentum
        v -= r * g
        w += v
    return weights, velocities


# %% wrong: weights only
# message: only the new weights are returned
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * v - r * g for v, g, r in zip(velocities, gradients, rates, strict=True)]
    return [w + v for w, v in zip(weights, new, strict=True)]


# %% wrong: swapped
# message: weights and velocities are swapped
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * v - r * g for v, g, r in zip(velocities, gradients, rates, strict=True)]
    return new, [w + v for w, v in zip(weights, new, strict=True)]


# %% wrong: velocities that do not hold the rate
# message: in the step of the weights, as in PyTorch
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * v + g for v, g in zip(velocities, gradients, strict=True)]
    return [w - r * v for w, v, r in zip(weights, new, rates, strict=True)], new


# %% right: tensors
def grouped_step(weights, velocities, gradients, rates, momentum):
    tensor = keras.ops.convert_to_tensor
    new = [tensor(momentum * v - r * g) for v, g, r in zip(velocities, gradients, rates, strict=True)]
    return [tensor(w) + v for w, v in zip(weights, new, strict=True)], new


# %% wrong: changes the velocities only
# message: changes its argument: work on a copy
def grouped_step(weights, velocities, gradients, rates, momentum):
    for n in range(len(rates)):
        velocities[n] *= momentum
        velocities[n] -= rates[n] * gradients[n]
    return [w + v for w, v in zip(weights, velocities, strict=True)], velocities


# %% wrong: puts new arrays into the list that it received
# message: changes its argument: work on a copy
def grouped_step(weights, velocities, gradients, rates, momentum):
    for n in range(len(rates)):
        velocities[n] = momentum * velocities[n] - rates[n] * gradients[n]
    return [w + v for w, v in zip(weights, velocities, strict=True)], velocities


# %% wrong: Nesterov
# message: as in Nesterov's version
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * v - r * g for v, g, r in zip(velocities, gradients, rates, strict=True)]
    looked = [w + momentum * v - r * g for w, v, g, r in zip(weights, new, gradients, rates, strict=True)]
    return looked, new


# %% wrong: a pair for each group
# message: each group gets a pair of its own
def grouped_step(weights, velocities, gradients, rates, momentum):
    pairs = []
    for w, v, g, r in zip(weights, velocities, gradients, rates, strict=True):
        v = momentum * v - r * g
        pairs.append((w + v, v))
    return pairs


# %% wrong: the momentum on the gradient too
# message: the momentum multiplies the gradient, too
def grouped_step(weights, velocities, gradients, rates, momentum):
    new = [momentum * (v - r * g) for v, g, r in zip(velocities, gradients, rates, strict=True)]
    return [w + v for w, v in zip(weights, new, strict=True)], new


# %% wrong: velocities that stay
# message: the old velocities are returned
def grouped_step(weights, velocities, gradients, rates, momentum):
    moved = [w + momentum * v - r * g for w, v, g, r in zip(weights, velocities, gradients, rates, strict=True)]
    return moved, velocities


# %% wrong: arrays of all groups in one, which works for equal shapes only
# message: ValueError
def grouped_step(weights, velocities, gradients, rates, momentum):
    w, v, g = np.array(weights), np.array(velocities), np.array(gradients)
    new = momentum * v - np.array(rates).reshape(-1, 1) * g
    return list(w + new), list(new)


# %% wrong: a group with rate 0 is skipped
# message: rate is 0|rate of 0
# earns: 0
def grouped_step(weights, velocities, gradients, rates, momentum):
    new_weights, new_velocities = [], []
    for w, v, g, rate in zip(weights, velocities, gradients, rates, strict=True):
        if rate == 0:
            new_weights.append(w.copy())
            new_velocities.append(v.copy())
            continue
        v = momentum * v - rate * g
        new_weights.append(w + v)
        new_velocities.append(v)
    return new_weights, new_velocities
