# %% right: least squares
def recovered_input(weight_gradient, bias_gradient):
    b = np.asarray(bias_gradient, float)
    if not b.any():
        return None
    return np.asarray(weight_gradient) @ b / (b @ b)


# %% right: the first unit that is not 0
def recovered_input(weight_gradient, bias_gradient):
    for unit, slope in enumerate(bias_gradient):
        if slope != 0:
            return np.array([row[unit] / slope for row in weight_gradient])
    return None


# %% right: the mean over active units
def recovered_input(weight_gradient, bias_gradient):
    active = np.abs(bias_gradient) > 1e-12
    if active.sum() == 0:
        return None
    return (weight_gradient[:, active] / bias_gradient[active]).mean(axis=1)


# %% right: sums of sizes
def recovered_input(weight_gradient, bias_gradient):
    size = np.abs(bias_gradient).sum()
    return (weight_gradient * np.sign(bias_gradient)).sum(axis=1) / size if size > 0 else None


# %% wrong: not divided
# message: is not divided
def recovered_input(weight_gradient, bias_gradient):
    if not np.any(bias_gradient):
        return None
    return weight_gradient[:, np.argmax(np.abs(bias_gradient))]


# %% wrong: multiplied
# message: multiplied, and not divided
def recovered_input(weight_gradient, bias_gradient):
    k = np.argmax(np.abs(bias_gradient))
    return weight_gradient[:, k] * bias_gradient[k] if bias_gradient[k] else None


# %% wrong: sign lost
# message: sign is lost
def recovered_input(weight_gradient, bias_gradient):
    k = np.argmax(np.abs(bias_gradient))
    return weight_gradient[:, k] / abs(bias_gradient[k]) if bias_gradient[k] else None


# %% wrong: zeros
# message: zeros are returned
def recovered_input(weight_gradient, bias_gradient):
    k = np.argmax(np.abs(bias_gradient))
    return weight_gradient[:, k] / (bias_gradient[k] or 1.0)


# %% wrong: all units
# message: shape of the kernel
def recovered_input(weight_gradient, bias_gradient):
    b = np.where(bias_gradient == 0, 1, bias_gradient)
    return weight_gradient / b if np.any(bias_gradient) else None


# %% wrong: the projection
# message: squared slopes
def recovered_input(weight_gradient, bias_gradient):
    return weight_gradient @ bias_gradient if np.any(bias_gradient) else None


# %% wrong: unit length
# message: length 1
def recovered_input(weight_gradient, bias_gradient):
    k = np.argmax(np.abs(bias_gradient))
    if bias_gradient[k] == 0:
        return None
    x = weight_gradient[:, k] / bias_gradient[k]
    return x / np.linalg.norm(x)


# %% wrong: zeros count
# message: slope 0 count
def recovered_input(weight_gradient, bias_gradient):
    if not np.any(bias_gradient):
        return None
    safe = np.where(bias_gradient == 0, 1, bias_gradient)
    return np.where(bias_gradient != 0, weight_gradient / safe, 0).mean(axis=1)


# %% wrong: sums of gradients
# message: should be
def recovered_input(weight_gradient, bias_gradient):
    total = bias_gradient.sum()
    return weight_gradient.sum(axis=1) / total if total else None


# %% wrong: the first unit
# message: should be
def recovered_input(weight_gradient, bias_gradient):
    return weight_gradient[:, 0] / bias_gradient[0] if bias_gradient[0] else None


# %% wrong: the largest with its sign
# message: should be
def recovered_input(weight_gradient, bias_gradient):
    k = np.argmax(bias_gradient)
    return weight_gradient[:, k] / bias_gradient[k] if bias_gradient[k] else None


# %% wrong: a small number added
# message: small number is added
def recovered_input(weight_gradient, bias_gradient):
    if not np.any(bias_gradient):
        return None
    k = np.argmax(np.abs(bias_gradient))
    return weight_gradient[:, k] / (bias_gradient[k] + 1e-8)


# %% wrong: tiny counts as nothing
# message: but it is None
def recovered_input(weight_gradient, bias_gradient):
    k = np.argmax(np.abs(bias_gradient))
    if abs(bias_gradient[k]) < 1e-6:
        return None
    return weight_gradient[:, k] / bias_gradient[k]


# %% right: largest slope
def recovered_input(weight_gradient, bias_gradient):
    weight_gradient, bias_gradient = np.asarray(weight_gradient), np.asarray(bias_gradient)
    unit = np.argmax(np.abs(bias_gradient))
    if bias_gradient[unit] == 0:
        return None
    return weight_gradient[:, unit] / bias_gradient[unit]


# %% right: least squares, another way
def recovered_input(weight_gradient, bias_gradient):
    w, b = np.asarray(weight_gradient, float), np.asarray(bias_gradient, float)
    top = np.abs(b).max()
    if top == 0:
        return None
    b, w = b / top, w / top
    return w @ b / (b @ b)


# %% right: loop over units
def recovered_input(weight_gradient, bias_gradient):
    best = max(range(len(bias_gradient)), key=lambda unit: abs(bias_gradient[unit]))
    slope = bias_gradient[best]
    return None if slope == 0 else np.array([row[best] / slope for row in weight_gradient])


# %% wrong: pixels are cut to 0 to 1
# message: negative numbers of the input become 0
def recovered_input(weight_gradient, bias_gradient):
    unit = np.argmax(np.abs(bias_gradient))
    if bias_gradient[unit] == 0:
        return None
    return np.maximum(weight_gradient[:, unit] / bias_gradient[unit], 0)


# %% right: the first unit with a slope
def recovered_input(weight_gradient, bias_gradient):
    alive = np.flatnonzero(bias_gradient)
    if len(alive) == 0:
        return None
    return weight_gradient[:, alive[0]] / bias_gradient[alive[0]]
