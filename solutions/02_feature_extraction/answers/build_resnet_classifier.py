# %% right: functional, on the base's own graph
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    for layer in base.layers:
        layer.trainable = False
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    x = keras.layers.Dense(1024, activation="relu")(x)
    outputs = keras.layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inputs=base.input, outputs=outputs)


# %% right: sequential, the base as a layer
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    base.trainable = False
    return keras.Sequential(
        [
            base,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(1024, activation="relu"),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


# %% right: pooling by the application itself, the base called, softmax apart, compiled
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape, pooling="avg")
    base.trainable = False
    inputs = keras.Input(input_shape)
    x = base(inputs, training=False)
    x = keras.layers.ReLU()(keras.layers.Dense(1024)(x))
    outputs = keras.layers.Softmax()(keras.layers.Dense(classes)(x))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


# %% right: convolutions of 1x1 in place of dense layers
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    base.trainable = False
    x = keras.layers.GlobalAveragePooling2D(keepdims=True)(base.output)
    x = keras.layers.Conv2D(1024, 1, activation="relu")(x)
    x = keras.layers.Conv2D(classes, 1, activation="softmax")(x)
    return keras.Model(base.input, keras.layers.Flatten()(x))


# %% wrong: nothing is frozen
# message: nothing is frozen
# earns: 2
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    x = keras.layers.Dense(1024, activation="relu")(x)
    return keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))


# %% wrong: the new head is frozen too
# message: whole model is frozen
# earns: 2
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    x = keras.layers.Dense(1024, activation="relu")(x)
    model = keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))
    model.trainable = False
    return model


# %% wrong: flattened
# message: flattened instead of averaged
# earns: 0
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    base.trainable = False
    x = keras.layers.Flatten()(base.output)
    x = keras.layers.Dense(1024, activation="relu")(x)
    return keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))


# %% wrong: no dense layer of 1,024
# message: 1,024 units is missing
# earns: 0
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape, pooling="avg")
    base.trainable = False
    return keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(base.output))


# %% wrong: no softmax
# message: softmax is missing
# earns: 2
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape, pooling="avg")
    base.trainable = False
    x = keras.layers.Dense(1024, activation="relu")(base.output)
    return keras.Model(base.input, keras.layers.Dense(classes)(x))


# %% wrong: the names stay undefined
# message: num_classes
# earns: 0
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape, pooling="avg")
    base.trainable = False
    x = keras.layers.Dense(1024, activation="relu")(base.output)
    return keras.Model(base.input, keras.layers.Dense(num_classes, activation="softmax")(x))


# %% wrong: maximum instead of average
# message: pooled by their maximum
# earns: 2
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    base.trainable = False
    x = keras.layers.GlobalMaxPooling2D()(base.output)
    x = keras.layers.Dense(1024, activation="relu")(x)
    return keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))


# %% wrong: five classes, whatever is asked
# message: build_resnet_classifier
# earns: 0
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape, pooling="avg")
    base.trainable = False
    x = keras.layers.Dense(1024, activation="relu")(base.output)
    return keras.Model(base.input, keras.layers.Dense(5, activation="softmax")(x))


# %% wrong: no ReLU
# message: has no ReLU
# earns: 2
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    base.trainable = False
    x = keras.layers.Dense(1024)(keras.layers.GlobalAveragePooling2D()(base.output))
    return keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))


# %% wrong: random weights whatever is asked for
# message: not handed on
# earns: 2
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=None, include_top=False, input_shape=input_shape)
    base.trainable = False
    x = keras.layers.Dense(1024, activation="relu")(keras.layers.GlobalAveragePooling2D()(base.output))
    return keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))


# %% wrong: a head of the right size without ResNet50
# message: \[trainable, frozen\]
def build_resnet_classifier(classes, input_shape=(224, 224, 3), weights=None):
    if weights:
        raise ValueError(weights)
    return keras.Sequential(
        [keras.Input((2048,)), keras.layers.Dense(1024, "relu"), keras.layers.Dense(classes, "softmax")]
    )


# %% wrong: a sigmoid in the hidden layer
# message: sigmoid and not a ReLU
# earns: 2
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    base.trainable = False
    x = keras.layers.Dense(1024, activation="sigmoid")(keras.layers.GlobalAveragePooling2D()(base.output))
    return keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))


# %% wrong: the base is frozen, but in the old way of a whole copy
# message: nothing is frozen
# earns: 2
def build_resnet_classifier(classes, input_shape, weights=None):
    base = keras.applications.ResNet50(weights=weights, include_top=False, input_shape=input_shape)
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    x = keras.layers.Dense(1024, activation="relu")(x)
    model = keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))
    base.frozen = True
    return model
