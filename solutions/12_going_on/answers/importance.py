# %% right: a loop
def importance(gradients):
    total = 0
    for gradient in gradients:
        total = total + np.asarray(gradient) ** 2
    return total / len(gradients)


# %% right: power
def importance(gradients):
    return np.mean(np.power(gradients, 2.0), axis=0)


# %% right: einsum
def importance(gradients):
    g = np.asarray(gradients, dtype=float)
    return np.einsum("n...,n...->...", g, g) / g.shape[0]


# %% right: variance plus squared mean
def importance(gradients):
    g = np.asarray(gradients, dtype=float)
    return g.var(axis=0) + g.mean(axis=0) ** 2


# %% wrong: squared mean
# message: opposite sign cancel
def importance(gradients):
    return np.asarray(gradients, float).mean(axis=0) ** 2


# %% wrong: sum
# message: sum over the clips
def importance(gradients):
    return (np.asarray(gradients, float) ** 2).sum(axis=0)


# %% wrong: variance
# message: variance
def importance(gradients):
    return np.asarray(gradients, float).var(axis=0)


# %% wrong: absolute
# message: absolute gradients
def importance(gradients):
    return np.abs(gradients).mean(axis=0)


# %% wrong: root
# message: root of the mean square
def importance(gradients):
    return np.sqrt((np.asarray(gradients, float) ** 2).mean(axis=0))


# %% wrong: mean
# message: gradients are not squared
def importance(gradients):
    return np.asarray(gradients, float).mean(axis=0)


# %% wrong: last axis
# message: over the weights of each clip|not over the clips
def importance(gradients):
    return (np.asarray(gradients, float) ** 2).mean(axis=-1)


# %% wrong: everything
# message: mean over everything
def importance(gradients):
    return float((np.asarray(gradients, float) ** 2).mean())


# %% wrong: normalized
# message: scaled to mean 1
def importance(gradients):
    squares = (np.asarray(gradients, float) ** 2).mean(axis=0)
    return squares / squares.mean()


# %% wrong: n - 1
# message: n - 1
def importance(gradients):
    g = np.asarray(gradients, float)
    return (g**2).sum(axis=0) / max(len(g) - 1, 1)


# %% right: mean of squares
def importance(gradients):
    return np.mean(np.asarray(gradients, float) ** 2, axis=0)


# %% right: loop
def importance(gradients):
    total = 0.0
    for gradient in gradients:
        total = total + np.asarray(gradient, float) * np.asarray(gradient, float)
    return np.asarray(total / len(gradients))


# %% right: einsum, another way
def importance(gradients):
    gradients = np.asarray(gradients, dtype="float64")
    return np.einsum("n...,n...->...", gradients, gradients) / gradients.shape[0]
