# %% right: from the end, by isinstance
def unfreeze_last(model, count):
    model.trainable = True
    left = count
    for layer in reversed(model.layers):
        kernel = isinstance(layer, (keras.layers.Dense, keras.layers.Conv2D))
        layer.trainable = kernel and left > 0
        left -= kernel
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


# %% right: by whether there is a kernel
def unfreeze_last(model, count):
    model.trainable = True
    kernels = [layer for layer in model.layers if hasattr(layer, "kernel")]
    for layer in model.layers:
        layer.trainable = False
    total = 0
    for layer in kernels[::-1][:count]:
        layer.trainable = True
        total += layer.count_params()
    return total


# %% right: by name, with the package's count
def unfreeze_last(model, count):
    names = [l.name for l in model.layers if "Dense" in type(l).__name__ or "Conv" in type(l).__name__]
    chosen = set(names[max(len(names) - count, 0) :])
    model.trainable = True
    for l in model.layers:
        l.trainable = l.name in chosen
    return finetuning.trainable_count(model)


# %% wrong: minus nought is all
# message: layers\[-0:\] is taken for no layer
# earns: 1
def unfreeze_last(model, count):
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in kernels[-count:]
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


# %% wrong: the model stays frozen as a whole
# message: stays frozen as a whole
# earns: 2
def unfreeze_last(model, count):
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    chosen = kernels[max(len(kernels) - count, 0) :]
    for layer in model.layers:
        layer.trainable = layer in chosen
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


# %% wrong: batch norms learn too
# message: may learn
def unfreeze_last(model, count):
    layers = [layer for layer in model.layers if layer.weights]
    model.trainable = True
    for position, layer in enumerate(layers):
        layer.trainable = position >= len(layers) - 2 * count
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


# %% wrong: the first layers instead of the last
# message: first layers are unfrozen
def unfreeze_last(model, count):
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in kernels[:count]
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


# %% wrong: all parameters are counted
# message: frozen parameters are counted too
def unfreeze_last(model, count):
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    chosen = kernels[len(kernels) - count :]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in chosen
    return model.count_params()


# %% wrong: arrays are counted
# message: arrays are counted
def unfreeze_last(model, count):
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    chosen = kernels[len(kernels) - count :]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in chosen
    return len(model.trainable_weights)


# %% wrong: nothing returned
# message: Is a `return` missing
def unfreeze_last(model, count):
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    chosen = kernels[len(kernels) - count :]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in chosen


# %% right: from a copy of the flags, counted with keras.ops and returned as a NumPy integer
def unfreeze_last(model, count):
    model.trainable = False
    model.trainable = True
    kernels = [l.name for l in model.layers if isinstance(l, (keras.layers.Dense, keras.layers.Conv2D))][::-1]
    total = np.int64(0)
    for layer in model.layers:
        layer.trainable = layer.name in kernels and kernels.index(layer.name) < count
        if layer.trainable:
            total += sum(np.size(w) for w in layer.get_weights())
    return total


# %% wrong: convolutions are forgotten
# message: convolutions do not count
def unfreeze_last(model, count):
    kernels = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in kernels[max(len(kernels) - count, 0) :]
    return finetuning.trainable_count(model)


# %% wrong: all kinds of layers are counted
# message: are counted too|may learn
def unfreeze_last(model, count):
    model.trainable = True
    for layer in model.layers[: len(model.layers) - count]:
        layer.trainable = False
    return finetuning.trainable_count(model)


# %% wrong: the biases are not counted
# message: biases are not counted
def unfreeze_last(model, count):
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Dense, keras.layers.Conv2D))]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer in kernels[len(kernels) - count :]
    return sum(int(np.prod(layer.kernel.shape)) for layer in kernels[len(kernels) - count :])


# %% wrong: more than there are
# message: negative index
# earns: 1
def unfreeze_last(model, count):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = False
    kernels = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    for layer in kernels[len(kernels) - count :]:
        layer.trainable = True
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


# %% wrong: layers of other kinds stay trainable
# earns: 1
# message: every other layer, whatever its kind
def unfreeze_last(model, count):
    model.trainable = True
    weighted = [l for l in model.layers if isinstance(l, (keras.layers.Conv2D, keras.layers.Dense))]
    cut = max(len(weighted) - count, 0)
    for layer in weighted[:cut]:
        layer.trainable = False
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


# %% wrong: the model as a whole stays frozen behind its layers
# message: model is frozen as a whole
def unfreeze_last(model, count):
    model.trainable = False
    kinds = keras.layers.Conv2D, keras.layers.Dense
    for layer in [l for l in model.layers if isinstance(l, kinds)][-count:]:
        layer.trainable = True
    model_trainable = sum(int(np.prod(v.shape)) for l in model.layers for v in l.trainable_variables)
    return model_trainable


# %% wrong: a count of 0 unfreezes one layer
# earns: 1
# message: count of 0 still unfreezes
def unfreeze_last(model, count):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = False
    weighted = [l for l in model.layers if isinstance(l, (keras.layers.Conv2D, keras.layers.Dense))]
    for layer in weighted[-max(count, 1):]:
        layer.trainable = True
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)
