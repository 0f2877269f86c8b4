# %% right: a loop over scaled gradients
def adam_steps(gradients, learning_rate, scale=1.0):
    m = v = 0
    steps = []
    t = 0
    for g in gradients:
        t += 1
        g = g * scale
        m = m * 0.9 + g * 0.1
        v = v * 0.999 + g * g * 0.001
        steps.append(-learning_rate * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-7))
    return steps


# %% right: running means with accumulate
def adam_steps(gradients, learning_rate, scale=1.0):
    scaled = [scale * gradient for gradient in gradients]

    def running(values, beta):
        means = itertools.accumulate(values, lambda mean, value: beta * mean + (1 - beta) * value, initial=0.0)
        return np.array([mean / (1 - beta**t) for t, mean in enumerate(means) if t > 0])

    return -learning_rate * running(scaled, 0.9) / (np.sqrt(running(np.square(scaled), 0.999)) + 1e-7)


# %% right: arrays filled in place
def adam_steps(gradients, learning_rate, scale=1.0):
    g = np.asarray(gradients, dtype="float64") * scale
    m, v = np.zeros(len(g) + 1), np.zeros(len(g) + 1)
    for t in range(1, len(g) + 1):
        m[t] = 0.9 * m[t - 1] + 0.1 * g[t - 1]
        v[t] = 0.999 * v[t - 1] + 0.001 * g[t - 1] ** 2
    t = np.arange(1, len(g) + 1)
    return -learning_rate * (m[1:] / (1 - 0.9**t)) / (np.sqrt(v[1:] / (1 - 0.999**t)) + 1e-7)


# %% wrong: scales the step
# message: multiplies the step instead of the gradient
# earns: 2
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        steps.append(-scale * learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7))
    return steps


# %% wrong: forgets the scale
# message: `scale` is not used
# earns: 2
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        steps.append(-learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7))
    return steps


# %% wrong: uphill
# message: uphill
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7))
    return steps


# %% wrong: no correction for the start
# message: not corrected for their start
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for g in gradients:
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(-learning_rate * m / (np.sqrt(v) + 1e-7))
    return steps


# %% wrong: the two numbers swapped
# message: 0.9 and 0.999 are swapped
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.999 * m + 0.001 * scale * g, 0.9 * v + 0.1 * (scale * g) ** 2
        steps.append(-learning_rate * m / (1 - 0.999**t) / (np.sqrt(v / (1 - 0.9**t)) + 1e-7))
    return steps


# %% wrong: positions instead of steps
# message: position is returned
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, weight, way = 0.0, 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        weight -= learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        way.append(weight)
    return way


# %% wrong: gradient descent
# message: should be
def adam_steps(gradients, learning_rate, scale=1.0):
    return [-learning_rate * scale * gradient for gradient in gradients]


# %% wrong: only the sign
# message: every step is taken for the first
def adam_steps(gradients, learning_rate, scale=1.0):
    return -learning_rate * np.sign(gradients)


# %% wrong: epsilon under the root
# message: ε stands under the root
# earns: 2
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(-learning_rate * m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + 1e-7))
    return steps


# %% wrong: no epsilon
# message: should be
# earns: 2
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(-learning_rate * m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t)))
    return steps


# %% wrong: nothing is returned
# message: Is a `return` missing
def adam_steps(gradients, learning_rate, scale=1.0):
    steps = [-learning_rate * np.sign(gradient) for gradient in gradients]
    print(steps)
