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
