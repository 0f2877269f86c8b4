# %% right: softmax and probabilities
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input((features.shape[1],)), keras.layers.Dense(classes, activation="softmax")])
    head.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="sparse_categorical_crossentropy")
    head.fit(features, labels, epochs=30, verbose=0)
    return head


# %% right: functional, normalised, one-hot labels, fewer and larger steps
def train_head(features, labels, classes):
    inputs = keras.Input((features.shape[1],))
    normalize = keras.layers.Normalization()
    normalize.adapt(features)
    head = keras.Model(inputs, keras.layers.Dense(classes)(normalize(inputs)))
    head.compile(keras.optimizers.Adam(0.01), keras.losses.CategoricalCrossentropy(from_logits=True))
    head.fit(features, keras.utils.to_categorical(labels, classes), batch_size=16, epochs=20, verbose=0)
    return head


# %% right: dropout, weight decay and the default learning rate
def train_head(features, labels, classes):
    head = keras.Sequential([keras.layers.Dropout(0.2), keras.layers.Dense(classes)])
    head.compile("adamw", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, batch_size=8, epochs=60, verbose=0)
    return head


# %% right: gradient steps by hand, on all pictures at once
import tensorflow as tf


def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    optimizer = keras.optimizers.Adam(0.02)
    for _ in range(150):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean(
                keras.losses.sparse_categorical_crossentropy(labels, head(features), from_logits=True)
            )
        optimizer.apply(tape.gradient(loss, head.trainable_weights), head.trainable_weights)
    return head


# %% wrong: never fitted
# message: was it fitted
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    head.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return head


# %% wrong: the history is returned
# message: should return a keras.Model, not History
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    head.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return head.fit(features, labels, epochs=30, verbose=0)


# %% wrong: a hidden layer more
# message: number of trainable parameters
def train_head(features, labels, classes):
    head = keras.Sequential(
        [keras.Input(features.shape[1:]), keras.layers.Dense(32, "relu"), keras.layers.Dense(classes)]
    )
    head.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, epochs=30, verbose=0)
    return head


# %% wrong: no biases
# message: no biases
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes, use_bias=False)])
    head.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, epochs=30, verbose=0)
    return head


# %% wrong: the new head is frozen
# message: nothing in the head is trainable
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    head.trainable = False
    head.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, epochs=2, verbose=0)
    return head


# %% wrong: one output for each picture
# message: number of trainable parameters|shape of the outputs
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(1)])
    head.compile("adam", "mse")
    head.fit(features, labels.astype("float32"), epochs=30, verbose=0)
    return head


# %% wrong: softmax over one class, ones for all
# message: was it fitted
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes, activation="softmax")])
    head.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    head.fit(features, np.zeros_like(labels), epochs=30, verbose=0)
    return head


# %% wrong: the learning rate of fine-tuning, far too small here
# message: was it fitted
def train_head(features, labels, classes):
    keras.utils.set_random_seed(1)
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    head.compile(keras.optimizers.Adam(1e-6), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, epochs=2, verbose=0)
    return head


# %% wrong: always eight classes
# message: number of trainable parameters
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(8)])
    head.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels % 8, epochs=30, verbose=0)
    return head


# %% right: a softmax, although the loss asks for logits: Keras gives the loss the logits before it
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes, activation="softmax")])
    head.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, batch_size=32, epochs=30, verbose=0)
    return head


# %% wrong: the loss takes logits for probabilities
# message: that it gets logits
def train_head(features, labels, classes):
    head = keras.Sequential([keras.Input(features.shape[1:]), keras.layers.Dense(classes)])
    head.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    head.fit(features, labels, batch_size=32, epochs=30, verbose=0)
    return head


# %% wrong: holds out the last fifth
# message: of its own training images
# earns: 0
def train_head(features, labels, classes):
    inputs = keras.Input((features.shape[1],))
    model = keras.Model(inputs, keras.layers.Dense(classes)(inputs))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    model.fit(features, labels, batch_size=32, epochs=30, validation_split=0.2, verbose=0)
    return model


# %% wrong: a class of its own, which the checks cannot look into
# message: Make the model with keras.Model\(inputs, outputs\) or keras.Sequential
class Head(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.scores = keras.layers.Dense(classes)

    def call(self, features):
        return self.scores(features)


def train_head(features, labels, classes):
    head = Head(classes)
    head.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, batch_size=32, epochs=30, verbose=0)
    return head
