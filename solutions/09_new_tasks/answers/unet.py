# %% right: functional, with the layers of the statement
def unet(encoder, skips, classes):
    x = encoder.outputs[0]
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D((2, 2), interpolation="nearest")(x)
        x = keras.layers.concatenate([x, skip], axis=-1)
        x = keras.layers.Conv2D(skip.shape[-1], (3, 3), padding="same")(x)
        x = keras.layers.ReLU()(x)
    outputs = keras.layers.Conv2D(classes, kernel_size=1, activation="linear")(x)
    return keras.Model(inputs=encoder.inputs[0], outputs=outputs)


# %% right: all maps first, in a dictionary
def unet(encoder, skips, classes):
    maps = {layer.name: layer.output for layer in encoder.layers if layer.name in skips}
    x = encoder.output
    for name in skips:
        enlarged = keras.layers.UpSampling2D()(x)
        both = keras.layers.Concatenate()([enlarged, maps[name]])
        x = keras.layers.Conv2D(int(maps[name].shape[3]), 3, 1, "same", activation="relu")(both)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, (1, 1))(x), name="unet")


# %% right: a helper for one step
def unet(encoder, skips, classes):
    def step(x, skip):
        filters = skip.shape[-1]
        x = keras.layers.Concatenate(axis=-1)([keras.layers.UpSampling2D(size=2)(x), skip])
        return keras.layers.Activation("relu")(keras.layers.Conv2D(filters, 3, padding="same")(x))

    x = encoder.output
    for name in skips:
        x = step(x, encoder.get_layer(name).output)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1, padding="same")(x))


# %% right: a dense layer for each pixel at the end
def unet(encoder, skips, classes):
    x = encoder.output
    for skip in map(encoder.get_layer, skips):
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip.output])
        x = keras.layers.Conv2D(skip.output.shape[-1], 3, activation="relu", padding="same")(x)
    return keras.Model(encoder.input, keras.layers.Dense(classes)(x))


# %% wrong: skip first
# message: the skip's maps come before
# earns: 1
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([skip, x])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))


# %% wrong: no skips
# message: no skip connection
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Conv2D(encoder.get_layer(name).output.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))


# %% wrong: bilinear
# message: by interpolation
# earns: 1
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2, interpolation="bilinear")(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))


# %% wrong: transposed convolution
# message: transposed convolution
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.Conv2DTranspose(x.shape[-1], 2, strides=2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))


# %% wrong: no ReLU
# message: no ReLU
# earns: 1
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))


# %% wrong: filters of the enlarged maps
# message: filters is that of the enlarged maps
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        filters = x.shape[-1]
        x = keras.layers.Concatenate()([keras.layers.UpSampling2D(2)(x), skip])
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))


# %% wrong: softmax
# message: softmax stands at the end
# earns: 1
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1, activation="softmax")(x))


# %% wrong: freezes the encoder
# message: encoder is frozen, although it was not
# earns: 3
def unet(encoder, skips, classes):
    encoder.trainable = False
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))


# %% wrong: unfreezes the encoder
# message: encoder may learn, although it was frozen
# earns: 3
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    model = keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))
    for layer in model.layers:
        layer.trainable = True
    return model


# %% wrong: the last convolution is 3x3
# message: last convolution has a kernel of 3
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 3, padding="same")(x))


# %% wrong: returns a list of maps
# message: should return a keras.Model
def unet(encoder, skips, classes):
    return [encoder.get_layer(name).output for name in skips]


# %% wrong: copies the encoder and loses its weights
# message: use its layers, no copies
# earns: 1
def unet(encoder, skips, classes):
    copy = keras.models.clone_model(encoder)
    copy.trainable = encoder.trainable
    x = copy.output
    for name in skips:
        skip = copy.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(copy.input, keras.layers.Conv2D(classes, 1)(x))


# %% right: plain loop
def unet(encoder, skips, classes):
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))


# %% right: separate ReLU layers
def unet(encoder, skips, classes):
    x = encoder.outputs[0]
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D((2, 2), interpolation="nearest")(x)
        x = keras.layers.Concatenate(axis=-1)([x, skip])
        x = keras.layers.Conv2D(int(skip.shape[-1]), (3, 3), padding="same")(x)
        x = keras.layers.ReLU()(x)
    logits = keras.layers.Conv2D(classes, 1, padding="same", name="logits")(x)
    return keras.Model(inputs=encoder.inputs, outputs=logits, name="unet")


# %% right: helper and functools.reduce
def unet(encoder, skips, classes):
    from functools import reduce

    def block(x, name):
        skip = encoder.get_layer(name).output
        up = keras.layers.concatenate([keras.layers.UpSampling2D()(x), skip])
        up = keras.layers.Conv2D(skip.shape[-1], 3, padding="same")(up)
        return keras.layers.Activation("relu")(up)

    out = keras.layers.Conv2D(classes, 1)(reduce(block, skips, encoder.output))
    return keras.models.Model(encoder.input, out)
