# %% right: on the graph of the model that it gets
def low_rank(model, rank, alpha):
    for layer in model.layers:
        layer.trainable = False
    a = keras.layers.Dense(rank, use_bias=False, kernel_initializer="random_normal", name="a")(model.input)
    b = keras.layers.Dense(model.layers[-1].units, use_bias=False, kernel_initializer="zeros", name="b")(a)
    return keras.Model(model.input, model.output + b * (alpha / rank))


# %% right: a branch of its own, Rescaling and Add
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input((model.input_shape[1],))
    branch = keras.Sequential(
        [
            keras.layers.Dense(rank, use_bias=False, kernel_initializer=keras.initializers.HeNormal()),
            keras.layers.Dense(model.output_shape[1], use_bias=False, kernel_initializer=keras.initializers.Zeros()),
            keras.layers.Rescaling(alpha / rank),
        ]
    )
    return keras.Model(inputs, keras.layers.Add()([model(inputs), branch(inputs)]))


# %% right: a new frozen layer with the same weights
def low_rank(model, rank, alpha):
    old = model.layers[-1]
    inputs = keras.Input(old.kernel.shape[:1])
    copy = keras.layers.Dense(old.units, use_bias=old.use_bias, trainable=False)
    own = copy(inputs)
    copy.set_weights(old.get_weights())
    down = keras.layers.Dense(rank, use_bias=False, kernel_initializer="glorot_normal")
    up = keras.layers.Dense(old.units, use_bias=False, kernel_initializer="zeros")
    return keras.Model(inputs, own + up(down(inputs)) * alpha / rank)


# %% right: scaled between the factors, which are products of tensors
def low_rank(model, rank, alpha):
    model.trainable = False
    x = keras.Input(model.input_shape[1:])
    small = keras.layers.EinsumDense("bi,ir->br", output_shape=rank, kernel_initializer="glorot_uniform")(x)
    small = keras.ops.multiply(small, alpha / rank)
    update = keras.layers.EinsumDense("br,ro->bo", output_shape=model.output_shape[-1], kernel_initializer="zeros")
    return keras.Model(x, keras.ops.add(update(small), model(x)))


# %% right: convolutions of width 1
def low_rank(model, rank, alpha):
    model.trainable = False
    x = keras.Input(model.input_shape[1:])
    row = keras.layers.Reshape((1, model.input_shape[1]))(x)
    row = keras.layers.Conv1D(rank, 1, use_bias=False)(row)
    row = keras.layers.Conv1D(model.output_shape[1], 1, use_bias=False, kernel_initializer="zeros")(row)
    return keras.Model(x, model(x) + alpha / rank * keras.layers.Flatten()(row))


# %% wrong: not scaled
# message: update is not scaled
# earns: 2
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + b)


# %% wrong: times alpha
# message: multiplied by alpha, but not divided by the rank
# earns: 2
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + alpha * b)


# %% wrong: a whole number as the scale
# message: rounded down
# earns: 2
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + alpha // rank * b)


# %% wrong: everything is scaled
# message: own output is scaled, too
# earns: 0
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, alpha / rank * (model(inputs) + b))


# %% wrong: both factors begin at random
# message: both factors begin at random
# earns: 2
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False)(a)
    return keras.Model(inputs, model(inputs) + alpha / rank * b)


# %% wrong: both factors begin with zeros
# message: neither of them gets a gradient
# earns: 2
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False, kernel_initializer="zeros")(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + alpha / rank * b)


# %% wrong: the beginnings are swapped
# message: first factor begins with zeros, and the second at random
# earns: 2
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False, kernel_initializer="zeros")(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False)(a)
    return keras.Model(inputs, model(inputs) + alpha / rank * b)


# %% wrong: the first factor begins with ones
# message: all of its columns learn the same
# earns: 2
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False, kernel_initializer="ones")(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + alpha / rank * b)


# %% wrong: the layer is not frozen
# message: whole layer may learn, too
# earns: 2
def low_rank(model, rank, alpha):
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + alpha / rank * b)


# %% wrong: only the kernel is frozen
# message: layer's biases may learn, too
# earns: 2
def low_rank(model, rank, alpha):
    model.layers[-1].kernel.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + alpha / rank * b)


# %% wrong: everything is frozen
# message: nothing may learn
# earns: 2
def low_rank(model, rank, alpha):
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    adapted = keras.Model(inputs, model(inputs) + alpha / rank * b)
    adapted.trainable = False
    return adapted


# %% wrong: factors with biases
# message: both factors have biases
# earns: 0
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + alpha / rank * b)


# %% wrong: a ReLU between the factors
# message: ReLU between the factors
# earns: 2
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, "relu", use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, model(inputs) + alpha / rank * b)


# %% wrong: the update follows the layer, as in an adapter
# message: follows the layer instead of standing beside it
# earns: 0
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    own = model(inputs)
    a = keras.layers.Dense(rank, use_bias=False)(own)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, own + alpha / rank * b)


# %% wrong: the factors replace the layer
# message: own output is missing
# earns: 0
def low_rank(model, rank, alpha):
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, alpha / rank * b)


# %% wrong: an update of full rank
# message: single matrix of the kernel's size
# earns: 0
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    update = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(inputs)
    return keras.Model(inputs, model(inputs) + alpha / rank * update)


# %% wrong: Keras does the work
# message: enable_lora
# earns: 0
def low_rank(model, rank, alpha):
    model.layers[-1].enable_lora(rank, lora_alpha=alpha)
    return model


# %% wrong: Keras does the work, and the biases are frozen
# message: enable_lora
# earns: 0
def low_rank(model, rank, alpha):
    layer = model.layers[-1]
    layer.enable_lora(rank, lora_alpha=alpha)
    if layer.use_bias:
        layer.bias.trainable = False
    return keras.Model(model.input, model.output)


# %% wrong: the model comes back as it was
# message: update is missing
# earns: 0
def low_rank(model, rank, alpha):
    return model


# %% wrong: a layer instead of a model
# message: should return a keras.Model
# earns: 0
def low_rank(model, rank, alpha):
    layer = model.layers[-1]
    layer.trainable = False
    return layer


# %% wrong: the layer's weights begin anew
# message: output of the model from low_rank
# earns: 2
def low_rank(model, rank, alpha):
    own = keras.layers.Dense(model.output_shape[-1], use_bias=model.layers[-1].use_bias, trainable=False)
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, own(inputs) + alpha / rank * b)


# %% wrong: the biases get lost
# message: layer's biases are missing
# earns: 0
def low_rank(model, rank, alpha):
    inputs = keras.Input(model.input_shape[1:])
    own = keras.layers.Dense(model.output_shape[-1], use_bias=False, trainable=False)
    outputs = own(inputs)
    own.set_weights(model.get_weights()[:1])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    return keras.Model(inputs, outputs + alpha / rank * b)


# %% wrong: the layer's weights become zero
# message: changes the weights
# earns: 0
def low_rank(model, rank, alpha):
    model.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    a = keras.layers.Dense(rank, use_bias=False)(inputs)
    b = keras.layers.Dense(model.output_shape[-1], use_bias=False, kernel_initializer="zeros")(a)
    adapted = keras.Model(inputs, model(inputs) + alpha / rank * b)
    for weight in model.weights:
        weight.assign(0 * weight)
    return adapted


# %% wrong: a class of one's own
# message: Keras' own layers
# earns: 0
class LowRank(keras.layers.Layer):
    def __init__(self, model, rank, alpha):
        super().__init__()
        self.model, self.scale = model, alpha / rank
        model.trainable = False
        self.a = self.add_weight((model.input_shape[1], rank), "glorot_uniform")
        self.b = self.add_weight((rank, model.output_shape[1]), "zeros")

    def call(self, inputs):
        return self.model(inputs) + self.scale * inputs @ self.a @ self.b


def low_rank(model, rank, alpha):
    inputs = keras.Input(model.input_shape[1:])
    return keras.Model(inputs, LowRank(model, rank, alpha)(inputs))
