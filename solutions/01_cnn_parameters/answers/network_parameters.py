# %% right: Keras counts
def network_parameters(layers, input_shape):
    shape, total = (None, *input_shape), 0
    for description in layers:
        layer = counting.keras_layer(description)
        layer.build(shape)
        shape = layer.compute_output_shape(shape)
        total += layer.count_params()
    return total


# %% right: a Keras model, built as one would
def network_parameters(layers, input_shape):
    model = keras.Sequential([keras.Input(input_shape)])
    for layer in layers:
        kind = layer["kind"]
        if kind == "conv":
            model.add(
                keras.layers.Conv2D(layer["filters"], layer["kernel"], strides=layer["strides"], padding=layer["padding"])
            )
        elif kind == "separable":
            model.add(
                keras.layers.SeparableConv2D(
                    layer["filters"], layer["kernel"], strides=layer["strides"], padding=layer["padding"]
                )
            )
        elif kind == "pool":
            model.add(keras.layers.MaxPooling2D(layer["size"]))
        elif kind == "dense":
            model.add(keras.layers.Dense(layer["units"]))
        elif kind == "batch_norm":
            model.add(keras.layers.BatchNormalization())
        else:
            model.add(keras.layers.Flatten() if kind == "flatten" else keras.layers.GlobalAveragePooling2D())
    return model.count_params()


# %% right: a function for each kind, in a dictionary, with numpy
def network_parameters(layers, input_shape):
    def convolved(shape, layer):
        sides = [np.ceil(side / layer["strides"]) for side in shape[:2]]
        if layer["padding"] == "valid":
            sides = [(side - layer["kernel"]) // layer["strides"] + 1 for side in shape[:2]]
        return np.array([*sides, layer["filters"]])

    steps = {
        "conv": lambda s, x: (convolved(s, x), x["filters"] * (x["kernel"] ** 2 * s[2] + 1)),
        "separable": lambda s, x: (convolved(s, x), s[2] * (x["kernel"] ** 2 + x["filters"]) + x["filters"]),
        "pool": lambda s, x: (np.array([s[0] // x["size"], s[1] // x["size"], s[2]]), 0),
        "global_pool": lambda s, x: (s[2:], 0),
        "flatten": lambda s, x: (np.array([np.prod(s)]), 0),
        "batch_norm": lambda s, x: (s, 4 * s[-1]),
        "dense": lambda s, x: (np.array([x["units"]]), (s[0] + 1) * x["units"]),
    }
    shape, total = np.array(input_shape), 0
    for layer in layers:
        shape, count = steps[layer["kind"]](shape, layer)
        total += count
    return total


# %% wrong: strides do not shrink the map
# message: the strides do not shrink the map
# earns: 1
def network_parameters(layers, input_shape):
    unstrided = [{**layer, "strides": 1} if "strides" in layer else layer for layer in layers]
    if any(layer["kind"] == "pool" for layer in layers):
        unstrided = layers
    return sum(row.parameters for row in counting.measure(unstrided, input_shape))


# %% wrong: forgets the padding
# message: the padding is left out
def network_parameters(layers, input_shape):
    bare = [{**layer, "padding": "valid"} if "padding" in layer else layer for layer in layers]
    return sum(row.parameters for row in counting.measure(bare, input_shape)) + (540 == 0)


# %% wrong: square images only
# message: images are taken as square
def network_parameters(layers, input_shape):
    square = (input_shape[0], input_shape[0], input_shape[2])
    return sum(row.parameters for row in counting.measure(layers, square))


# %% wrong: without biases
# message: the biases are left out
def network_parameters(layers, input_shape):
    total = sum(row.parameters for row in counting.measure(layers, input_shape))
    return total - sum(layer.get("filters", layer.get("units", 0)) for layer in layers)


# %% wrong: every convolution sees the image
# message: every convolution is taken to see the image's channels
def network_parameters(layers, input_shape):
    total = 0
    for layer, before in zip(layers, counting.measure(layers, input_shape)):
        if layer["kind"] == "conv":
            total += conv_parameters(layer["kernel"], input_shape[2], layer["filters"])
        if layer["kind"] == "dense":
            total += (before.shape[0] + 1) * layer["units"]
    return total


# %% wrong: knows no layers but the lecture's
# message: should be 540, but it is 292
# earns: 2
def network_parameters(layers, input_shape):
    total = 0
    for layer, before in zip(layers, counting.measure(layers, input_shape)):
        if layer["kind"] == "conv":
            total += conv_parameters(layer["kernel"], before.shape[2], layer["filters"])
        if layer["kind"] == "dense":
            total += (before.shape[0] + 1) * layer["units"]
    return total


# %% wrong: two vectors for a batch norm
# message: moving statistics are left out
# earns: 2
def network_parameters(layers, input_shape):
    total = 0
    for layer, row in zip(layers, counting.measure(layers, input_shape)[1:]):
        total += row.parameters // 2 if layer["kind"] == "batch_norm" else row.parameters
    return total


# %% wrong: global pooling flattens
# message: global pooling is treated like flattening
# earns: 2
def network_parameters(layers, input_shape):
    flat = [{"kind": "flatten"} if layer["kind"] == "global_pool" else layer for layer in layers]
    return sum(row.parameters for row in counting.measure(flat, input_shape))


# %% wrong: pooling leaves the size as it is
# message: pooling does not shrink the map
# earns: 2
def network_parameters(layers, input_shape):
    unpooled = [layer for layer in layers if layer["kind"] != "pool"]
    return sum(row.parameters for row in counting.measure(unpooled, input_shape))


# %% wrong: the separable convolution counted whole
# message: a separable convolution is counted as a whole one
# earns: 2
def network_parameters(layers, input_shape):
    whole = [{**layer, "kind": "conv"} if layer["kind"] == "separable" else layer for layer in layers]
    return sum(row.parameters for row in counting.measure(whole, input_shape))


# %% wrong: stops before the last layer
# message: the last layer is left out
def network_parameters(layers, input_shape):
    return sum(row.parameters for row in counting.measure(layers[:-1], input_shape))


# %% wrong: the lecture's number by heart
# message: should be .* but it is 2,103,156
def network_parameters(layers, input_shape):
    return 2_103_156


# %% right: by recursion, with floats of numpy
def network_parameters(layers, input_shape):
    if not layers:
        return np.float64(0)
    row = counting.measure(layers[:1], input_shape)[1]
    return row.parameters + network_parameters(layers[1:], row.shape)


# %% wrong: empties the list
# message: changes its argument
def network_parameters(layers, input_shape):
    total, shape = 0, input_shape
    while layers:
        row = counting.measure([layers.pop(0)], shape)[1]
        total, shape = total + row.parameters, row.shape
    return total


# %% wrong: writes the shape into the description
# message: changes its argument
def network_parameters(layers, input_shape):
    total, shape = 0, input_shape
    for layer in layers:
        row = counting.measure([layer], shape)[1]
        layer["shape"] = row.shape
        total, shape = total + row.parameters, row.shape
    return total


# %% wrong: flattens to one number for each channel
# message: flattening is treated like global pooling
def network_parameters(layers, input_shape):
    pooled = [{"kind": "global_pool"} if layer["kind"] == "flatten" else layer for layer in layers]
    return sum(row.parameters for row in counting.measure(pooled, input_shape))


# %% wrong: images with three channels only
# message: every image is taken to have 3 channels
def network_parameters(layers, input_shape):
    return sum(row.parameters for row in counting.measure(layers, (*input_shape[:2], 3)))


# %% wrong: dense layers without biases
# message: the biases of dense layers are left out
def network_parameters(layers, input_shape):
    total = sum(row.parameters for row in counting.measure(layers, input_shape))
    return total - sum(layer.get("units", 0) for layer in layers)
