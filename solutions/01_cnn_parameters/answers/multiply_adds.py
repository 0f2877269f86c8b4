# %% right: outputs times the length of the sum behind each
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    height, width, channels = input_shape
    high = output_size(height, layer["kernel"], layer["strides"], layer["padding"])
    wide = output_size(width, layer["kernel"], layer["strides"], layer["padding"])
    if layer["kind"] == "conv":
        outputs = high * wide * layer["filters"]
        return outputs * layer["kernel"] ** 2 * channels
    depthwise = high * wide * channels * layer["kernel"] ** 2
    pointwise = high * wide * layer["filters"] * channels
    return depthwise + pointwise


# %% right: by asking Keras for shapes
def multiply_adds(layer, input_shape):
    made = counting.keras_layer(layer)
    made.build((None, *input_shape))
    outputs = made.compute_output_shape((None, *input_shape))[1:]
    weights = sum(np.prod(variable.shape) for variable in made.weights if "bias" not in variable.name)
    return weights * np.prod(outputs[:2]) if len(input_shape) == 3 else weights


# %% right: parameters without biases, once for each stop
def multiply_adds(layer, input_shape):
    count = {
        "dense": lambda: input_shape[0] * layer["units"],
        "conv": lambda: conv_parameters(layer["kernel"], input_shape[2], layer["filters"], bias=False),
        "separable": lambda: separable_parameters(layer["kernel"], input_shape[2], layer["filters"]) - layer["filters"],
    }[layer["kind"]]()
    for side in input_shape[:-1]:
        count *= output_size(side, layer["kernel"], layer["strides"], layer["padding"])
    return float(count)


# %% wrong: gives the parameters
# message: every parameter is used once, biases too
def multiply_adds(layer, input_shape):
    made = counting.keras_layer(layer)
    made.build((None, *input_shape))
    return made.count_params()


# %% wrong: gives the weights
# message: every weight is used once
# earns: 0
def multiply_adds(layer, input_shape):
    made = counting.keras_layer(layer)
    made.build((None, *input_shape))
    return sum(math.prod(variable.shape) for variable in made.weights if "bias" not in variable.name)


# %% wrong: the input's pixels instead of the stops
# message: the kernel stops at every pixel of the input
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    height, width, channels = input_shape
    kernel, filters = layer["kernel"], layer["filters"]
    if layer["kind"] == "conv":
        return height * width * kernel * kernel * channels * filters
    return height * width * (kernel * kernel * channels + channels * filters)


# %% wrong: biases, too
# message: biases are counted
def multiply_adds(layer, input_shape):
    made = counting.keras_layer(layer)
    made.build((None, *input_shape))
    outputs = made.compute_output_shape((None, *input_shape))[1:]
    return made.count_params() * (math.prod(outputs[:2]) if len(outputs) == 3 else 1)


# %% wrong: floating-point operations
# message: multiplications and additions are counted apart
def multiply_adds(layer, input_shape):
    made = counting.keras_layer(layer)
    made.build((None, *input_shape))
    outputs = made.compute_output_shape((None, *input_shape))[1:]
    weights = sum(math.prod(variable.shape) for variable in made.weights if "bias" not in variable.name)
    return 2 * weights * (math.prod(outputs[:2]) if len(outputs) == 3 else 1)


# %% wrong: forgets the input's channels
# message: looks at one channel only
# earns: 1
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    stops = math.prod(output_size(side, layer["kernel"], layer["strides"], layer["padding"]) for side in input_shape[:2])
    if layer["kind"] == "separable":
        return stops * input_shape[2] * (layer["kernel"] ** 2 + layer["filters"])
    return stops * layer["kernel"] ** 2 * layer["filters"]


# %% wrong: forgets the filters
# message: there is only one filter
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0]
    stops = math.prod(output_size(side, layer["kernel"], layer["strides"], layer["padding"]) for side in input_shape[:2])
    return stops * layer["kernel"] ** 2 * input_shape[2]


# %% wrong: a separable convolution like a whole one
# message: a whole convolution is counted
# earns: 2
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    stops = math.prod(output_size(side, layer["kernel"], layer["strides"], layer["padding"]) for side in input_shape[:2])
    return stops * layer["kernel"] ** 2 * input_shape[2] * layer["filters"]


# %% wrong: convolutions only
# message: KeyError
# earns: 2
def multiply_adds(layer, input_shape):
    height, width, channels = input_shape if len(input_shape) == 3 else (1, 1, *input_shape)
    kernel, strides, padding = layer["kernel"], layer["strides"], layer["padding"]
    stops = output_size(height, kernel, strides, padding) * output_size(width, kernel, strides, padding)
    return stops * kernel * kernel * channels * layer["filters"]


# %% wrong: a separable convolution that does not stride in its depthwise step
# message: the depthwise step does not stride
# earns: 2
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    kernel, channels, filters = layer["kernel"], input_shape[2], layer["filters"]
    stops = math.prod(output_size(side, kernel, layer["strides"], layer["padding"]) for side in input_shape[:2])
    if layer["kind"] == "conv":
        return stops * kernel * kernel * channels * filters
    return math.prod(input_shape[:2]) * kernel * kernel * channels + stops * channels * filters


# %% right: output by output, with numbers of numpy
def multiply_adds(layer, input_shape):
    *sides, channels = np.array(input_shape)
    if not sides:
        return channels * layer["units"]
    starts = [
        range(0, side if layer["padding"] == "same" else side - layer["kernel"] + 1, layer["strides"]) for side in sides
    ]
    area = layer["kernel"] ** 2
    each = channels * (area * layer["filters"] if layer["kind"] == "conv" else area + layer["filters"])
    return sum(each for _ in itertools.product(*starts))


# %% wrong: one side of the map
# message: only one side of the map is counted
# earns: 0
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    stops = output_size(input_shape[0], layer["kernel"], layer["strides"], layer["padding"])
    weights = layer["kernel"] ** 2 * input_shape[2] * layer["filters"]
    if layer["kind"] == "separable":
        weights = input_shape[2] * (layer["kernel"] ** 2 + layer["filters"])
    return stops * weights


# %% wrong: strides twice
# message: the stride is applied in both steps
# earns: 2
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    kernel, strides, filters, channels = layer["kernel"], layer["strides"], layer["filters"], input_shape[2]
    sides = [output_size(side, kernel, strides, layer["padding"]) for side in input_shape[:2]]
    if layer["kind"] == "conv":
        return math.prod(sides) * kernel**2 * channels * filters
    again = [output_size(side, 1, strides, layer["padding"]) for side in sides]
    return math.prod(sides) * kernel**2 * channels + math.prod(again) * channels * filters


# %% wrong: without the stride
# message: the stride is left out
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    sides = [output_size(side, layer["kernel"], 1, layer["padding"]) for side in input_shape[:2]]
    if layer["kind"] == "separable":
        return math.prod(sides) * input_shape[2] * (layer["kernel"] ** 2 + layer["filters"])
    return math.prod(sides) * conv_parameters(layer["kernel"], input_shape[2], layer["filters"], bias=False)


# %% wrong: a square map
# message: images are taken as square: height instead of width
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    side = output_size(input_shape[0], layer["kernel"], layer["strides"], layer["padding"])
    if layer["kind"] == "separable":
        return side**2 * input_shape[2] * (layer["kernel"] ** 2 + layer["filters"])
    return side**2 * layer["kernel"] ** 2 * input_shape[2] * layer["filters"]


# %% wrong: padded zeros are not multiplied
# message: padded zeros are left out
def multiply_adds(layer, input_shape):
    made = counting.keras_layer(layer)
    ones = np.ones((1, *input_shape), "float32")
    made(ones)
    made.set_weights([np.zeros(v.shape) if v.name == "bias" else np.ones(v.shape) for v in made.weights])
    if layer["kind"] == "separable":
        h, w, c = input_shape
        depth = keras.layers.DepthwiseConv2D(layer["kernel"], layer["strides"], layer["padding"], depthwise_initializer="ones")
        out = np.array(depth(ones))
        return int(out.sum()) + out.shape[1] * out.shape[2] * c * layer["filters"]
    return int(np.array(made(ones)).sum())


# %% wrong: the depthwise step has a stride of 1
# earns: 2
# message: depthwise step does not stride
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    h, w, c = input_shape
    places = math.prod(output_size(x, layer["kernel"], layer["strides"], layer["padding"]) for x in (h, w))
    if layer["kind"] == "conv":
        return places * layer["kernel"] ** 2 * c * layer["filters"]
    first = math.prod(output_size(x, layer["kernel"], 1, layer["padding"]) for x in (h, w))
    return first * layer["kernel"] ** 2 * c + places * c * layer["filters"]


# %% wrong: the pointwise step has no channels
# earns: 2
# message: one weight for each filter
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return input_shape[0] * layer["units"]
    h, w, c = input_shape
    places = math.prod(output_size(x, layer["kernel"], layer["strides"], layer["padding"]) for x in (h, w))
    if layer["kind"] == "conv":
        return places * layer["kernel"] ** 2 * c * layer["filters"]
    return places * (layer["kernel"] ** 2 * c + layer["filters"])
