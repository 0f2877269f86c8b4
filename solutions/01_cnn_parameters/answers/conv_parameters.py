# %% right: weights and bias of one filter, times the filters
def conv_parameters(kernel, channels, filters, bias=True):
    return filters * (kernel**2 * channels + int(bias))


# %% right: with numpy integers
def conv_parameters(kernel, channels, filters, bias=True):
    weights = np.prod([kernel, kernel, channels, filters])
    return weights + filters if bias else weights


# %% right: by asking Keras
def conv_parameters(kernel, channels, filters, bias=True):
    layer = keras.layers.Conv2D(filters, kernel, use_bias=bias)
    layer.build((None, 32, 32, channels))
    return layer.count_params()


# %% right: adding up filter by filter
def conv_parameters(kernel, channels, filters, bias=True):
    total = 0
    for _ in range(filters):
        for _ in range(channels):
            total += kernel * kernel
        if bias:
            total += 1
    return total


# %% wrong: no biases
# message: the biases are left out
# earns: 1
def conv_parameters(kernel, channels, filters, bias=True):
    return kernel * kernel * channels * filters


# %% wrong: one bias for the layer
# message: the whole layer shares one bias
# earns: 1
def conv_parameters(kernel, channels, filters, bias=True):
    return kernel * kernel * channels * filters + (1 if bias else 0)


# %% wrong: forgets the channels
# message: looks at one channel only
def conv_parameters(kernel, channels, filters, bias=True):
    return (kernel * kernel + bool(bias)) * filters


# %% wrong: does not square the kernel
# message: one side of the kernel is left out
def conv_parameters(kernel, channels, filters, bias=True):
    return (kernel * channels + bool(bias)) * filters


# %% wrong: a bias for each weight
# message: should be .* but it is
def conv_parameters(kernel, channels, filters, bias=True):
    return 2 * kernel * kernel * channels * filters


# %% wrong: forgets that there are many filters
# message: there is only one filter
def conv_parameters(kernel, channels, filters, bias=True):
    return kernel * kernel * channels + (1 if bias else 0)


# %% wrong: a bias whether asked for or not
# message: `bias=False` leaves the biases in
# earns: 2
def conv_parameters(kernel, channels, filters, bias=True):
    return kernel * kernel * channels * filters + filters


# %% wrong: a bias for each channel of each filter
# message: should be .* but it is
def conv_parameters(kernel, channels, filters, bias=True):
    return (kernel * kernel + 1) * channels * filters


# %% wrong: the input's channels have a bias as well
# message: every input channel has a bias, too
# earns: 1
def conv_parameters(kernel, channels, filters, bias=True):
    return kernel * kernel * channels * filters + (filters + channels if bias else 0)


# %% wrong: as many biases as input channels
# message: there is a bias for each input channel instead of each filter
# earns: 1
def conv_parameters(kernel, channels, filters, bias=True):
    return kernel**2 * channels * filters + (channels if bias else 0)


# %% wrong: twice the kernel
# message: the kernel is doubled instead of squared
def conv_parameters(kernel, channels, filters, bias=True):
    return filters * (kernel * 2 * channels + int(bias))


# %% wrong: adds the channels
# message: the channels are added to the kernel's area
def conv_parameters(kernel, channels, filters, bias=True):
    return filters * (kernel * kernel + channels + int(bias))
