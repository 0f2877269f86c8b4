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
# message: compiled again
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
# message: statistics of a batch norm drifted
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
# message: base is no longer what it was
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: the old rate in the last step
# message: is the optimizer the old one, or the rate
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
# message: comes before `first`
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.02)
    student.fit(inputs, labels, batch_size=16, epochs=20, verbose=0)
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, "dense0")
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: the student alone is returned
# message: should return a pair
def fine_tune(base, classes, inputs, labels, first, low_rate):
    return keras.Model(base.input, keras.layers.Dense(classes)(base.output))


# %% wrong: the head is never trained
# message: head is not trained by then
# earns: 2
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes, name="head")(base.output))
    halfway = student.get_weights()
    finetuning.unfreeze_from(student, first)
    finetuning.recompile(student, low_rate)
    student.fit(inputs, labels, batch_size=16, epochs=10, verbose=0)
    return student, halfway


# %% wrong: some weights are moved by hand
# message: the head is not trained by then
def fine_tune(base, classes, inputs, labels, first, low_rate):
    student = keras.Model(base.input, keras.layers.Dense(classes)(base.output))
    halfway = student.get_weights()
    moving = (6, 7, len(halfway) - 2, len(halfway) - 1)
    student.set_weights([weight + (1e-5 if number in moving else 0) for number, weight in enumerate(halfway)])
    return student, halfway
