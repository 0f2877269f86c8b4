# %% right: einsum
def merged(weight, down, up, scale):
    return weight + scale * np.einsum("ir,ro->io", down, up)


# %% right: a sum over the rank
def merged(weight, down, up, scale):
    result = np.array(weight, float)
    for column, row in zip(down.T, up):
        result += scale * np.outer(column, row)
    return result


# %% right: a unit matrix through both ways
def merged(weight, down, up, scale):
    x = np.eye(len(weight))
    return x @ weight + scale * (x @ down) @ up


# %% right: the scale first
def merged(weight, down, up, scale):
    return (scale * np.asarray(down)) @ up + weight


# %% wrong: no scale
# message: the scale is missing
def merged(weight, down, up, scale):
    return weight + down @ up


# %% wrong: only the update
# message: the weights are missing
def merged(weight, down, up, scale):
    return scale * (down @ up)


# %% wrong: divided by the rank
# message: divided by the rank
def merged(weight, down, up, scale):
    return weight + scale / len(up) * (down @ up)


# %% wrong: the scale twice
# message: applied to both matrices
def merged(weight, down, up, scale):
    return weight + (scale * down) @ (scale * up)


# %% wrong: the scale of everything
# message: the scale multiplies the weights, too
def merged(weight, down, up, scale):
    return scale * (weight + down @ up)


# %% wrong: subtracted
# message: the update is subtracted
def merged(weight, down, up, scale):
    return weight - scale * (down @ up)


# %% wrong: one component
# message: only the first component
def merged(weight, down, up, scale):
    return weight + scale * np.outer(down[:, 0], up[0])


# %% wrong: the weights change
# message: changes its argument
def merged(weight, down, up, scale):
    weight += scale * (down @ up)
    return weight


# %% wrong: whole numbers stay whole
# message: cut to whole numbers
def merged(weight, down, up, scale):
    result = np.empty_like(weight)
    result[:] = weight + scale * (down @ up)
    return result


# %% right: matrices
def merged(weight, down, up, scale):
    return np.asarray(weight) + scale * (np.asarray(down) @ np.asarray(up))


# %% right: einsum, another way
def merged(weight, down, up, scale):
    return np.array(weight, float) + float(scale) * np.einsum("ir,ro->io", down, up)


# %% right: sum of outer products
def merged(weight, down, up, scale):
    total = np.array(weight, dtype=float)
    for column, row in zip(np.asarray(down).T, np.asarray(up)):
        total = total + scale * np.outer(column, row)
    return total


# %% wrong: interpolation between the weights and the update
# message: weights and update are mixed with the shares 1 - scale and s
def merged(weight, down, up, scale):
    return (1 - scale) * weight + scale * (down @ up)


# %% wrong: a scale of 0 counts as 1
# message: a scale of 0 counts as 1
def merged(weight, down, up, scale):
    return weight + (scale or 1) * (down @ up)


# %% wrong: only for square matrices the transpose is not noticed
# message: the update is transposed
def merged(weight, down, up, scale):
    update = (up.T @ down.T)
    return weight + scale * (update if update.shape == weight.shape else update.T)
