# %% right: functional, by position
def cut_head(teacher):
    base = keras.Model(teacher.inputs, teacher.layers[-2].output)
    base.trainable = False
    return base


# %% right: sequential, from the teacher's own layers
def cut_head(teacher):
    base = keras.Sequential([layer for layer in teacher.layers[:-1]])
    for layer in base.layers:
        layer.trainable = False
    return base


# %% right: from what goes into the last layer
def cut_head(teacher):
    teacher.trainable = False
    return keras.Model(inputs=teacher.input, outputs=teacher.layers[-1].input)


# %% right: a copy of the layers with the teacher's weights
def cut_head(teacher):
    copy = keras.models.clone_model(teacher)
    copy.set_weights(teacher.get_weights())
    base = keras.Model(copy.input, copy.layers[-2].output)
    base.trainable = False
    return base


# %% wrong: the head stays
# message: old head is still there
def cut_head(teacher):
    teacher.trainable = False
    return teacher


# %% wrong: nothing is frozen
# message: nothing is frozen
# earns: 2
def cut_head(teacher):
    return keras.Model(teacher.input, teacher.layers[-2].output)


# %% wrong: only the head is frozen
# message: nothing is frozen
# earns: 2
def cut_head(teacher):
    teacher.layers[-1].trainable = False
    return keras.Model(teacher.input, teacher.layers[-2].output)


# %% wrong: one layer too many is cut
# message: last activation is gone
# earns: 1
def cut_head(teacher):
    base = keras.Model(teacher.input, teacher.layers[-3].output)
    base.trainable = False
    return base


# %% wrong: the whole last block is cut
# message: one weight layer too deep|frozen\] of parameters
# earns: 0
def cut_head(teacher):
    kernels = [layer for layer in teacher.layers if isinstance(layer, (keras.layers.Dense, keras.layers.Conv2D))]
    base = keras.Model(teacher.input, kernels[-2].input)
    base.trainable = False
    return base


# %% wrong: the architecture without the teacher's weights
# message: output of the model from cut_head
# earns: 1
def cut_head(teacher):
    copy = keras.models.clone_model(teacher)
    base = keras.Model(copy.input, copy.layers[-2].output)
    base.trainable = False
    return base


# %% wrong: one teacher's layer names only
# message: fc2_relu
# earns: 0
def cut_head(teacher):
    base = keras.Model(teacher.input, teacher.get_layer("fc2_relu").output)
    base.trainable = False
    return base


# %% wrong: features of one image instead of a model
# message: should return a keras.Model
def cut_head(teacher):
    return teacher.layers[-2].output


# %% wrong: only some layers are frozen
# message: \[trainable, frozen\]
# earns: 2
def cut_head(teacher):
    base = keras.Model(teacher.input, teacher.layers[-2].output)
    for layer in base.layers[:-3]:
        layer.trainable = False
    return base


# %% wrong: any frozen network
# message: \[trainable, frozen\]
def cut_head(teacher):
    base = keras.Sequential([keras.Input(teacher.input_shape[1:]), keras.layers.Dense(7)])
    base.trainable = False
    return base


# %% wrong: the teacher's weights become zero
# message: changes the weights
def cut_head(teacher):
    for weight in teacher.weights[2:]:
        weight.assign(weight * 0)
    base = keras.Model(teacher.input, teacher.layers[-2].output)
    base.trainable = False
    return base


# %% wrong: the flag is misspelled
# message: nothing is frozen
# earns: 2
def cut_head(teacher):
    base = keras.Model(teacher.input, teacher.layers[-2].output)
    base.trainible = False
    return base


# %% right: the teacher can be trained again, and the base cannot
def cut_head(teacher):
    base = keras.Model(teacher.input, teacher.layers[-2].output)
    base.trainable = False
    teacher.trainable = True
    return base


# %% wrong: the last hidden layer stays trainable
# message: last hidden layer is left trainable
# earns: 2
def cut_head(teacher):
    base = keras.Model(teacher.input, teacher.layers[-2].output)
    for layer in base.layers[:-1]:
        layer.trainable = False
    return base


# %% wrong: a class of its own, which the checks cannot look into
# message: Make the model with keras.Model\(inputs, outputs\) or keras.Sequential
# earns: 2
class Headless(keras.Model):
    def __init__(self, teacher):
        super().__init__()
        self.hidden = teacher.layers[:-1]
        self.trainable = False

    def call(self, inputs):
        for layer in self.hidden[1:]:
            inputs = layer(inputs)
        return inputs


def cut_head(teacher):
    return Headless(teacher)
