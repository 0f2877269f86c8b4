# %% right: from two convolutions of its own
def separable_parameters(kernel, channels, filters):
    return channels * (kernel**2 + filters) + filters


# %% right: from the shapes of Keras' variables
def separable_parameters(kernel, channels, filters):
    shapes = [(kernel, kernel, channels, 1), (1, 1, channels, filters), (filters,)]
    return sum(np.prod(shape) for shape in shapes)


# %% right: by asking Keras
def separable_parameters(kernel, channels, filters):
    layer = keras.layers.SeparableConv2D(filters, kernel)
    layer.build((None, 64, 64, channels))
    return sum(int(np.prod(variable.shape)) for variable in layer.weights)


# %% right: a depthwise layer and a 1x1 convolution
def separable_parameters(kernel, channels, filters):
    depthwise = keras.layers.DepthwiseConv2D(kernel, use_bias=False)
    depthwise.build((None, 64, 64, channels))
    return depthwise.count_params() + conv_parameters(1, channels, filters)


# %% wrong: a whole convolution
# message: a whole convolution is counted
def separable_parameters(kernel, channels, filters):
    return kernel * kernel * channels * filters + filters


# %% wrong: no biases
# message: the biases are left out
def separable_parameters(kernel, channels, filters):
    return kernel * kernel * channels + channels * filters


# %% wrong: biases in both steps
# message: the depthwise step has biases, too
def separable_parameters(kernel, channels, filters):
    return (kernel * kernel + 1) * channels + (channels + 1) * filters


# %% wrong: the depthwise step only
# message: the pointwise step is left out
def separable_parameters(kernel, channels, filters):
    return kernel * kernel * channels + filters


# %% wrong: the pointwise step only
# message: the depthwise step is left out
def separable_parameters(kernel, channels, filters):
    return channels * filters + filters


# %% wrong: a kernel with one side
# message: one side of the kernel is left out
def separable_parameters(kernel, channels, filters):
    return kernel * channels + channels * filters + filters


# %% wrong: one depthwise kernel shared by all channels
# message: should be .* but it is
def separable_parameters(kernel, channels, filters):
    return kernel * kernel + channels * filters + filters


# %% wrong: a depthwise kernel for each filter
# message: should be .* but it is
def separable_parameters(kernel, channels, filters):
    return kernel * kernel * filters + channels * filters + filters


# %% wrong: one bias in all
# message: should be .* but it is
def separable_parameters(kernel, channels, filters):
    return kernel * kernel * channels + channels * filters + 1


# %% wrong: the depthwise step makes all filters
# message: the depthwise step already makes all filters
def separable_parameters(kernel, channels, filters):
    return kernel * kernel * channels * filters + channels * filters + filters


# %% wrong: the biases in the depthwise step
# message: the biases belong to the depthwise step
def separable_parameters(kernel, channels, filters):
    return (kernel * kernel + 1) * channels + channels * filters


# %% wrong: multiplies both steps
# message: the two steps are multiplied
def separable_parameters(kernel, channels, filters):
    return kernel**2 * channels * channels * filters + filters
