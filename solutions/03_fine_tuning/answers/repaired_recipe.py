# %% right: the colleague's lines, repaired
def repaired_recipe(student, train, validation, test):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for layer in student.layers:
        layer.trainable = layer.name == "head"
    student.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    student.fit(*train, batch_size=16, epochs=5, verbose=0)
    for layer in student.layers:
        layer.trainable = "norm" not in layer.name
    student.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %% right: the package's functions, and an accuracy by hand
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, "dense0")
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_accuracy", mode="max", patience=8, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return float(np.mean(np.asarray(student(test[0])).argmax(axis=1) == test[1]))


# %% right: stepping back by hand
def repaired_recipe(student, train, validation, test):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    best, lowest = None, np.inf
    for stage, epochs in (("head", 5), ("all", 20)):
        for layer in student.layers:
            batch_norm = isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = layer.name == "head" or (stage == "all" and not batch_norm)
        student.compile(keras.optimizers.Adam(0.01), loss)
        for _ in range(epochs):
            student.fit(*train, batch_size=16, verbose=0)
            value = float(loss(validation[1], student(validation[0])))
            if value < lowest:
                best, lowest = student.get_weights(), value
    student.set_weights(best)
    return (np.asarray(student(test[0])).argmax(1) == test[1]).mean()


# %% wrong: the colleague's own
# message: nothing is compiled after the layers are unfrozen
# earns: 0
def repaired_recipe(student, train, validation, test):
    return colleagues_recipe(student, train, validation, test)


# %% wrong: compiled again, nothing else
# message: the batch norms are trainable
# earns: 1
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    for layer in student.layers:
        layer.trainable = True
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=test, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %% wrong: the test set decides
# message: test set had a say
# earns: 2
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, "dense0")
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=test, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %% wrong: batch norms learn
# message: the batch norms are trainable
# earns: 1
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    for layer in student.layers:
        layer.trainable = True
    finetuning.recompile(student, 0.01)
    student.fit(*train, batch_size=16, epochs=20, verbose=0)
    finetuning.recompile(student, 0.01)
    return student.evaluate(*test, verbose=0)[1]


# %% wrong: the accuracy on the validation set
# message: accuracy on the validation set is returned
# earns: 3
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, "dense0")
    finetuning.recompile(student, 0.01)
    student.fit(*train, batch_size=16, epochs=20, verbose=0)
    return student.evaluate(*validation, verbose=0)[1]


# %% wrong: the loss is returned
# message: the accuracy on the test should be
# earns: 3
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, "dense0")
    finetuning.recompile(student, 0.01)
    student.fit(*train, batch_size=16, epochs=20, verbose=0)
    return student.evaluate(*test, verbose=0)[0]


# %% wrong: nothing is trained
# message: not trained at all
# earns: 0
def repaired_recipe(student, train, validation, test):
    return float(np.mean(np.asarray(student(test[0])).argmax(axis=1) == test[1]))


# %% wrong: some weights are moved by hand
# message: it is not trained
def repaired_recipe(student, train, validation, test):
    for weight in student.trainable_weights:
        if "norm" not in weight.path:
            weight.assign(weight + 1e-3)
    return float(np.mean(np.asarray(student(test[0])).argmax(axis=1) == test[1]))
