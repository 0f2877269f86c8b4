# %% right: freezes everything up to the next weight layer's place
def trainable_after_freezing(model, transferred):
    places = [i for i, layer in enumerate(model.layers) if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    end = places[transferred] if transferred < len(places) else len(model.layers)
    for layer in model.layers[:end]:
        layer.trainable = False
    return sum(variable.numpy().size for variable in model.trainable_variables)


# %% right: freezes the model, then lets the end go again
def trainable_after_freezing(model, transferred):
    model.trainable = False
    model.trainable = True
    weighted = [layer for layer in model.layers if hasattr(layer, "kernel")]
    for layer in model.layers:
        if layer in weighted[transferred:]:
            break
        layer.trainable = False
    return int(sum(keras.ops.size(variable) for variable in model.trainable_weights))


# %% right: a flag, and numpy
def trainable_after_freezing(model, transferred):
    remaining, new = transferred, False
    for layer in model.layers:
        if type(layer).__name__ in ("Conv2D", "Dense"):
            new = remaining == 0
            remaining -= 1
        layer.trainable = new
        if new:
            break
    return np.sum([np.prod(variable.shape) for variable in model.trainable_variables], dtype=int)


# %% right: total minus frozen
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
            seen += 1
        if seen <= transferred:
            layer.trainable = False
    return model.count_params() - sum(math.prod(v.shape) for v in model.non_trainable_variables)


# %% wrong: counts all layers, also those without weights
# message: layers without weights are counted among the transferred ones
def trainable_after_freezing(model, transferred):
    for layer in model.layers[:transferred]:
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: freezes the weight layers, not their batch norms
# message: the batch norms of the frozen layers are left trainable
def trainable_after_freezing(model, transferred):
    weighted = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    for layer in weighted[:transferred]:
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: counts all parameters of what is left, moving statistics too
# message: moving statistics are counted as trainable
# earns: 1
def trainable_after_freezing(model, transferred):
    places = [i for i, layer in enumerate(model.layers) if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    for layer in model.layers[: places[transferred]]:
        layer.trainable = False
    return sum(layer.count_params() for layer in model.layers if layer.trainable)


# %% wrong: freezes one layer too few
# message: one layer too few is frozen
def trainable_after_freezing(model, transferred):
    places = [i for i, layer in enumerate(model.layers) if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    for layer in model.layers[: places[transferred - 1]]:
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: freezes one layer too many
# message: one layer too many is frozen
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        if seen > transferred:
            break
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: freezes nothing, calculates only
# message: the model itself stays as it was
# earns: 2
def trainable_after_freezing(model, transferred):
    places = [i for i, layer in enumerate(model.layers) if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    left = model.layers[places[transferred] :]
    return sum(math.prod(variable.shape) for layer in left for variable in layer.trainable_variables)


# %% wrong: freezes the end instead of the beginning
# message: should be .* but it is
def trainable_after_freezing(model, transferred):
    places = [i for i, layer in enumerate(model.layers) if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    for layer in model.layers[places[transferred] :]:
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: leaves the last layer's bias out
# message: the new layer's biases are left out
# earns: 1
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen <= transferred:
            layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables if variable.name == "kernel")


# %% wrong: counts variables, not numbers
# message: but it is 2\.
# earns: 1
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen <= transferred:
            layer.trainable = False
    return len(model.trainable_variables)


# %% wrong: knows the last layer only
# message: should be .* but it is
def trainable_after_freezing(model, transferred):
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model.layers[-1].count_params()
