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
# message: plain gradient descent
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
# message: ε is left out
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


# %% right: a list of numpy numbers, step by step without a loop variable for the mean
def adam_steps(gradients, learning_rate, scale=1.0):
    g = scale * np.array(gradients)
    steps = []
    for t in range(1, len(g) + 1):
        ages = np.arange(t)[::-1]
        m = np.sum(0.1 * 0.9**ages * g[:t]) / (1 - 0.9**t)
        v = np.sum(0.001 * 0.999**ages * g[:t] ** 2) / (1 - 0.999**t)
        steps.append(-learning_rate * m / (np.sqrt(v) + 1e-7))
    return steps


# %% wrong: counts from zero
# message: ZeroDivisionError
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(-learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7))
    return steps


# %% wrong: counts from two
# message: counts the steps from 2
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(-learning_rate * m / (1 - 0.9 ** (t + 1)) / (np.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-7))
    return steps


# %% wrong: no root
# message: the root is left out
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(-learning_rate * m / (1 - 0.9**t) / (v / (1 - 0.999**t) + 1e-7))
    return steps


# %% wrong: corrects the first mean alone
# message: only the first running mean is corrected
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(-learning_rate * m / (1 - 0.9**t) / (np.sqrt(v) + 1e-7))
    return steps


# %% wrong: the epsilon of the paper
# message: ε is 1e-8
# earns: 2
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * scale * g, 0.999 * v + 0.001 * (scale * g) ** 2
        steps.append(-learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8))
    return steps


# %% wrong: corrects the running means themselves, so that each step builds on corrected ones
# message: the next step starts from the corrected means
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m = (0.9 * m + 0.1 * scale * g) / (1 - 0.9**t)
        v = (0.999 * v + 0.001 * (scale * g) ** 2) / (1 - 0.999**t)
        steps.append(-learning_rate * m / (np.sqrt(v) + 1e-7))
    return steps


# %% wrong: scales the gradients of the caller
# message: changes its argument
# earns: 2
def adam_steps(gradients, learning_rate, scale=1.0):
    m, v, steps = 0.0, 0.0, []
    for n in range(len(gradients)):
        gradients[n] *= scale
        m, v = 0.9 * m + 0.1 * gradients[n], 0.999 * v + 0.001 * gradients[n] ** 2
        steps.append(-learning_rate * m / (1 - 0.9 ** (n + 1)) / (np.sqrt(v / (1 - 0.999 ** (n + 1))) + 1e-7))
    return steps
