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
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
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
# message: chosen on the test set
# earns: 2
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
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
# message: it is 'validation'|should be 'test'
# earns: 3
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return student.evaluate(*validation, verbose=0)[1]


# %% wrong: the loss is returned
# message: set whose accuracy
# earns: 3
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[0]


# %% wrong: nothing is trained
# message: not trained at all
# earns: 0
def repaired_recipe(student, train, validation, test):
    return float(np.mean(np.asarray(student(test[0])).argmax(axis=1) == test[1]))


# %% wrong: some weights are moved by hand
# message: is the student trained
# earns: 0
def repaired_recipe(student, train, validation, test):
    for weight in student.trainable_weights:
        if "norm" not in weight.path:
            weight.assign(weight + 1e-3)
    return float(np.mean(np.asarray(student(test[0])).argmax(axis=1) == test[1]))


# %% wrong: the training set decides
# message: chosen on the training set
# earns: 2
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=train, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %% wrong: the head is not trained first
# message: head is not trained first
# earns: 2
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %% wrong: the best weights are not restored
# message: not restored
# earns: 2
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=False)
    student.fit(*train, batch_size=16, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %% wrong: a low rate in the second stage
# message: rate of 0.001
# earns: 2
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=16, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
    finetuning.recompile(student, 0.001)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=16, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %% wrong: the default size of batches
# message: 32 samples
# earns: 2
def repaired_recipe(student, train, validation, test):
    finetuning.unfreeze_from(student, "head")
    finetuning.recompile(student, 0.01).fit(*train, batch_size=32, epochs=5, verbose=0)
    finetuning.unfreeze_from(student, finetuning.weight_layers(student)[0].name)
    finetuning.recompile(student, 0.01)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=4, restore_best_weights=True)
    student.fit(*train, batch_size=32, epochs=20, validation_data=validation, callbacks=[stop], verbose=0)
    return student.evaluate(*test, verbose=0)[1]


# %% right: stages in a loop, the whole student unfrozen through its flag
def repaired_recipe(student, train, validation, test):
    stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
    for epochs, callbacks in ((5, []), (20, [stop])):
        student.trainable = True
        for layer in student.layers:
            norm = isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = not norm and (bool(callbacks) or layer.name == "head")
        student.compile(
            "adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
        )
        student.optimizer.learning_rate = 0.01
        student.fit(
            *train, batch_size=16, epochs=epochs, validation_data=validation, callbacks=callbacks, verbose=0
        )
    return np.float32(student.evaluate(*test, verbose=0, return_dict=True)["accuracy"])
