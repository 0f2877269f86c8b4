# %% right: sequential loop with a switch, softmax-free
def fine_tune(base, classes, inputs, labels, first, low_rate):
    base.trainable = False
    outputs = keras.layers.Dense(classes, name="new_head")(base.output)
    student = keras.Model(base.input, outputs)
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    base.trainable = True
    on = False
    for layer in student.layers:
        on = on or layer.name == first
        layer.trainable = on and "BatchNorm" not in type(layer).__name__
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% right: with the package's own function
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.02).fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = [np.array(weight) for weight in student.get_weights()]
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate).fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return [student, halfway]


# %% right: the head trained on features computed once
def fine_tune(base, classes, inputs, labels, first, low_rate):
    head = keras.layers.Dense(classes)
    student = keras.Model(base.input, head(base.output))
    small = keras.Sequential([keras.Input(base.output_shape[1:]), head])
    finetuning.recompile(small, 0.02)
    small.fit(base.predict(inputs, verbose=0), labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: not compiled again
# message: not compiled again
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: batch norms learn
# message: freeze the batch norms
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first, batch_norm=True)
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: everything at once
# message: nothing is frozen while the head is trained|freeze the batch norms
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: the old rate in the last step
# message: rate is still 0.02
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: all layers are unfrozen
# message: all layers are unfrozen
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, student.layers[1].name)
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: the student alone is returned
# message: should return a pair
def fine_tune(base, classes, inputs, labels, first, low_rate):
    return keras.Model(base.input, keras.layers.Dense(classes)(base.output))


# %% wrong: the head is never trained
# message: head does not learn
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: some weights are moved by hand
# message: head does not learn
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes)(base.output))
    halfway = student.get_weights()
    moving = (6, 7, len(halfway) - 2, len(halfway) - 1)
    student.set_weights([weight + (1e-5 if number in moving else 0) for number, weight in enumerate(halfway)])
    return student, halfway


# %% wrong: one epoch for the head
# message: one epoch
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="new_head")(base.output))
    finetuning.unfreeze_from(student, "new_head")
    finetuning.recompile(student, 0.02).fit(inputs, labels, batch_size=16, epochs=1, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate).fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: SGD in the last step
# message: SGD takes the place
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="new_head")(base.output))
    finetuning.unfreeze_from(student, "new_head")
    finetuning.recompile(student, 0.02).fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate, keras.optimizers.SGD).fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: the default size of batches
# message: 32 samples
# earns: 0
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="new_head")(base.output))
    finetuning.unfreeze_from(student, "new_head")
    finetuning.recompile(student, 0.02).fit(inputs, labels, batch_size=32, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate).fit(inputs, labels, batch_size=32, epochs=10, verbose=0)
    return student, halfway


# %% wrong: a single epoch in the last step
# message: one epoch
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="new_head")(base.output))
    finetuning.unfreeze_from(student, "new_head")
    finetuning.recompile(student, 0.02).fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate).fit(inputs, labels, batch_size=16, epochs=1, verbose=0)
    return student, halfway


# %% wrong: the low rate for the head already
# message: low rate is used for the head
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="new_head")(base.output))
    finetuning.unfreeze_from(student, "new_head")
    finetuning.recompile(student, low_rate).fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate).fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: the first layer itself stays frozen
# message: `first` does not
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    base.trainable = False
    student = keras.Model(base.input, keras.layers.Dense(classes)(base.output))
    finetuning.recompile(student, 0.02).fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    base.trainable = True
    after = False
    for layer in student.layers:
        layer.trainable = after and not isinstance(layer, keras.layers.BatchNormalization)
        after = after or layer.name == first
    finetuning.recompile(student, low_rate).fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% right: a sequential model around the base, unfrozen by name
def fine_tune(base, classes, inputs, labels, first, low_rate):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    base.trainable = False
    student = keras.Sequential([*base.layers, keras.layers.Dense(classes)])
    student.compile(optimizer=keras.optimizers.Adam(learning_rate=2e-2), loss=loss)
    student.fit(x=inputs, y=labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    base.trainable = True
    learning = [layer.name for layer in base.layers]
    learning = learning[learning.index(first) :]
    for layer in base.layers:
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = layer.name in learning and not norm
    student.compile(optimizer=keras.optimizers.Adam(learning_rate=low_rate), loss=loss)
    student.fit(x=inputs, y=labels, batch_size=16, epochs=10, verbose=0)
    return student, tuple(halfway)
