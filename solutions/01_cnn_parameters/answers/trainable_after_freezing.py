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
    left = model.layers[[*places, len(model.layers)][transferred] :]
    return sum(math.prod(variable.shape) for layer in left for variable in layer.trainable_variables)


# %% wrong: freezes the end instead of the beginning
# message: the first layers are trained and the last frozen
def trainable_after_freezing(model, transferred):
    places = [i for i, layer in enumerate(model.layers) if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    for layer in model.layers[places[transferred] :]:
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: leaves the last layer's bias out
# message: only the kernels are counted
# earns: 1
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen <= transferred:
            layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables if variable.name == "kernel")


# %% wrong: counts variables, not numbers
# message: arrays are counted instead of the numbers
# earns: 1
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen <= transferred:
            layer.trainable = False
    return len(model.trainable_variables)


# %% wrong: knows the last layer only
# message: all layers but the last are frozen
def trainable_after_freezing(model, transferred):
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model.layers[-1].count_params()


# %% right: by the names of the classes, with a numpy number
def trainable_after_freezing(model, transferred):
    kinds = np.cumsum([type(layer).__name__ in {"Conv2D", "Dense"} for layer in model.layers])
    for layer, seen in zip(model.layers, kinds, strict=True):
        layer.trainable = bool(seen > transferred)
    return np.int64(sum(np.prod(weight.shape) for weight in model.trainable_weights))


# %% wrong: batch norms are weight layers, too
# message: batch norms are counted among the transferred layers
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        seen += bool(layer.weights)
        if seen > transferred:
            break
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: stops right at the last frozen layer
# message: the batch norm behind the last frozen layer is left trainable
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        layer.trainable = False
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen == transferred:
            break
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: freezes every batch norm
# message: the batch norms of the new layers are frozen, too
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen <= transferred or "norm" in layer.name:
            layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: the whole model's count
# message: the whole model's parameters are counted
# earns: 1
def trainable_after_freezing(model, transferred):
    seen = 0
    for layer in model.layers:
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen <= transferred:
            layer.trainable = False
    return model.count_params()


# %% wrong: freezes a copy
# message: the model itself stays as it was
# earns: 2
def trainable_after_freezing(model, transferred):
    copied, seen = keras.models.clone_model(model), 0
    for layer in copied.layers:
        seen += isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        if seen <= transferred:
            layer.trainable = False
    return sum(math.prod(variable.shape) for variable in copied.trainable_variables)


# %% wrong: needs a next weight layer
# message: IndexError
def trainable_after_freezing(model, transferred):
    weighted = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    stop = model.layers.index(weighted[transferred])
    for layer in model.layers[:stop]:
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


# %% wrong: a batch norm behind the last weight layer is left trainable
# earns: 0
# message: batch norm behind the last frozen layer is left
def trainable_after_freezing(model, transferred):
    weighted = [i for i, layer in enumerate(model.layers) if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    end = weighted[transferred] if transferred < len(weighted) else weighted[-1] + 1
    for layer in model.layers[:end]:
        layer.trainable = False
    return sum(math.prod(v.shape) for v in model.trainable_variables)


# %% right: from the end, with a countdown
def trainable_after_freezing(model, transferred):
    kinds = keras.layers.Conv2D, keras.layers.Dense
    left = sum(isinstance(layer, kinds) for layer in model.layers) - transferred
    for layer in reversed(model.layers):
        layer.trainable = left > 0
        left -= isinstance(layer, kinds)
    return sum(keras.ops.size(w) for w in model.trainable_weights)
