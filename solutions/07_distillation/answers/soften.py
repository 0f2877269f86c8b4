# %% right: scipy
from scipy.special import softmax


def soften(logits, temperature):
    return softmax(np.asarray(logits) / temperature, axis=-1)


# %% right: keras
def soften(logits, temperature):
    return keras.ops.softmax(keras.ops.convert_to_tensor(logits) / temperature)


# %% right: row by row
def soften(logits, temperature):
    rows = []
    for row in np.asarray(logits, dtype=float):
        powers = np.exp((row - max(row)) / temperature)
        rows.append((powers / powers.sum()).tolist())
    return rows


# %% wrong: multiplied
# message: multiplied by the temperature
def soften(logits, temperature):
    return np.asarray(keras.ops.softmax(logits * temperature))


# %% wrong: forgotten
# message: temperature is forgotten
def soften(logits, temperature):
    return np.asarray(keras.ops.softmax(logits))


# %% wrong: probabilities divided
# message: not the logits
def soften(logits, temperature):
    return np.asarray(keras.ops.softmax(logits)) / temperature


# %% wrong: over the images
# message: over the images
def soften(logits, temperature):
    return np.asarray(keras.ops.softmax(logits / temperature, axis=0))


# %% wrong: over the whole table
# message: whole table
def soften(logits, temperature):
    powers = np.exp(logits / temperature)
    return powers / powers.sum()


# %% wrong: no softmax
# message: softmax is missing
def soften(logits, temperature):
    return logits / temperature


# %% wrong: overflow
# message: overflow
def soften(logits, temperature):
    powers = np.exp(logits / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


# %% wrong: the visible temperature
# message: should be
def soften(logits, temperature):
    return np.asarray(keras.ops.softmax(logits / 2.0))


# %% wrong: large logits cut off
# message: cut off
def soften(logits, temperature):
    powers = np.exp(np.minimum(logits / temperature, 700))
    return powers / powers.sum(axis=1, keepdims=True)


# %% wrong: the largest logit of the whole table
# message: overflow
def soften(logits, temperature):
    powers = np.exp((logits - logits.max()) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


# %% wrong: natural logarithm left out of the exponent
def soften(logits, temperature):
    powers = np.asarray(logits, dtype=float) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


# %% right: by logarithms
def soften(logits, temperature):
    z = np.asarray(logits) / temperature
    return np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])


# %% wrong: softmax first, temperature as a power
# message: should be
# earns: 0
def soften(logits, temperature):
    logits = np.asarray(logits, float)
    hard = np.exp(logits - logits.max(axis=1, keepdims=True))
    hard /= hard.sum(axis=1, keepdims=True)
    soft = hard ** (1 / temperature)
    return soft / soft.sum(axis=1, keepdims=True)


# %% wrong: the largest logit before the division
# message: overflows
# earns: 0
def soften(logits, temperature):
    logits = np.asarray(logits, float)
    powers = np.exp(logits / temperature - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# %% wrong: the mean of a row is subtracted
# message: overflow
def soften(logits, temperature):
    z = np.asarray(logits, float) / temperature
    e = np.exp(z - z.mean(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


# %% right: one over a sum of differences
def soften(logits, temperature):
    z = np.asarray(logits, float) / temperature
    with np.errstate(over="ignore"):
        return 1 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=2)
