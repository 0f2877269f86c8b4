# %% right: a new dense layer with the old columns
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    layer = keras.layers.Dense(len(classes))
    model = keras.Model(teacher.input, layer(teacher.layers[-1].input))
    layer.set_weights([kernel[:, list(classes)], bias[list(classes)]])
    return model


# %% right: take the outputs of the whole teacher
def keep_classes(teacher, classes):
    return keras.Model(teacher.input, keras.ops.take(teacher.output, keras.ops.convert_to_tensor(classes), axis=-1))


# %% right: sequential, column by column
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    new_kernel = np.zeros((kernel.shape[0], len(classes)))
    new_bias = np.zeros(len(classes))
    for place, name in enumerate(classes):
        new_kernel[:, place] = kernel[:, name]
        new_bias[place] = bias[name]
    model = keras.Sequential([*teacher.layers[:-1], keras.layers.Dense(len(classes))])
    model.layers[-1].set_weights([new_kernel, new_bias])
    return model


# %% right: initializers instead of set_weights
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    base = keras.Model(teacher.input, teacher.layers[-2].output)
    head = keras.layers.Dense(
        len(classes),
        kernel_initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(kernel[:, classes], dtype),
        bias_initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(bias[classes], dtype),
    )
    return keras.Sequential([base, head])


# %% wrong: a fresh head
# message: output of the model from keep_classes
def keep_classes(teacher, classes):
    return keras.Model(teacher.input, keras.layers.Dense(len(classes))(teacher.layers[-2].output))


# %% wrong: biases forgotten
# message: biases are forgotten
def keep_classes(teacher, classes):
    kernel, _ = teacher.layers[-1].get_weights()
    layer = keras.layers.Dense(len(classes), use_bias=False)
    model = keras.Model(teacher.input, layer(teacher.layers[-2].output))
    layer.set_weights([kernel[:, classes]])
    return model


# %% wrong: sorted
# message: classes are sorted
def keep_classes(teacher, classes):
    classes = sorted(classes)
    kernel, bias = teacher.layers[-1].get_weights()
    layer = keras.layers.Dense(len(classes))
    model = keras.Model(teacher.input, layer(teacher.layers[-2].output))
    layer.set_weights([kernel[:, classes], bias[classes]])
    return model


# %% wrong: the first columns
# message: first classes are kept
def keep_classes(teacher, classes):
    return keras.Model(teacher.input, teacher.output[:, : len(classes)])


# %% wrong: the whole teacher
# message: all classes are kept
def keep_classes(teacher, classes):
    return teacher


# %% wrong: softmax on top
# message: logits are expected
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    layer = keras.layers.Dense(len(classes), activation="softmax")
    model = keras.Model(teacher.input, layer(teacher.layers[-2].output))
    layer.set_weights([kernel[:, classes], bias[classes]])
    return model


# %% wrong: rows of the kernel
# message: out of bounds
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    layer = keras.layers.Dense(len(classes))
    model = keras.Model(teacher.input, layer(teacher.layers[-2].output))
    layer.set_weights([kernel[classes], bias[classes]])
    return model


# %% wrong: the weights instead of a model
# message: should return a keras.Model
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    return kernel[:, classes], bias[classes]


# %% wrong: only ever two classes
# message: output of the model from keep_classes
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    layer = keras.layers.Dense(2)
    model = keras.Model(teacher.input, layer(teacher.layers[-2].output))
    layer.set_weights([kernel[:, [7, 2]], bias[[7, 2]]])
    return model


# %% wrong: the teacher's columns are moved
# message: changes the weights
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    order = [*classes, *(name for name in range(len(bias)) if name not in classes)]
    teacher.layers[-1].set_weights([kernel[:, order], bias[order]])
    return keras.Model(teacher.input, teacher.output[:, : len(classes)])


# %% wrong: a function, and no model
# message: should return a keras.Model
def keep_classes(teacher, classes):
    return lambda images: np.asarray(teacher(images))[:, classes]


# %% wrong: the other classes only become zero
# message: set to 0 and not removed
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    mask = np.zeros(len(bias))
    mask[list(classes)] = 1
    layer = keras.layers.Dense(len(bias))
    model = keras.Model(teacher.input, layer(teacher.layers[-2].output))
    layer.set_weights([kernel * mask, bias * mask])
    return model


# %% wrong: the first biases with the right columns
# message: biases are those of the first classes
def keep_classes(teacher, classes):
    kernel, bias = teacher.layers[-1].get_weights()
    layer = keras.layers.Dense(len(classes))
    model = keras.Model(teacher.input, layer(teacher.layers[-2].output))
    layer.set_weights([kernel[:, classes], bias[: len(classes)]])
    return model
