# %% right: Keras's divergence and the optimizer's old way
def distill_step(teacher, student, images, optimizer, temperature):
    target = keras.ops.softmax(teacher(images, training=False) / temperature)
    with tf.GradientTape() as tape:
        learned = keras.ops.softmax(student(images, training=True) / temperature)
        loss = temperature**2 * keras.losses.KLDivergence()(target, learned)
    gradients = tape.gradient(loss, student.trainable_variables)
    optimizer.apply_gradients(zip(gradients, student.trainable_variables))
    return float(loss)


# %% right: everything inside the tape
def distill_step(teacher, student, images, optimizer, temperature):
    with tf.GradientTape() as tape:
        p = tf.nn.log_softmax(teacher(images, training=False) / temperature)
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(p) * (p - q), axis=-1))
    optimizer.apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)
    return loss.numpy()


# %% right: the teacher frozen as well
def distill_step(teacher, student, images, optimizer, temperature):
    teacher.trainable = False
    p = tf.nn.softmax(teacher(images) / temperature)
    with tf.GradientTape() as tape:
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(p * (tf.math.log(p) - q), axis=1))
    optimizer.apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)
    return float(loss)


# %% wrong: both networks are given to the optimizer
# message: The teacher's weights moved
# earns: 2
def distill_step(teacher, student, images, optimizer, temperature):
    with tf.GradientTape() as tape:
        p = tf.nn.log_softmax(teacher(images, training=False) / temperature)
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(p) * (p - q), axis=-1))
    weights = student.trainable_weights + teacher.trainable_weights
    optimizer.apply(tape.gradient(loss, weights), weights)
    return float(loss)


# %% wrong: the teacher's statistics move
# message: batch-norm statistics moved
def distill_step(teacher, student, images, optimizer, temperature):
    p = tf.nn.log_softmax(teacher(images, training=True) / temperature)
    with tf.GradientTape() as tape:
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(p) * (p - q), axis=-1))
    optimizer.apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)
    return float(loss)


# %% wrong: teacher and student swapped
# message: swapped|teacher's weights moved|did not move
def distill_step(teacher, student, images, optimizer, temperature):
    q = tf.nn.log_softmax(student(images, training=False) / temperature)
    with tf.GradientTape() as tape:
        p = tf.nn.log_softmax(teacher(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(q) * (q - p), axis=-1))
    optimizer.apply(tape.gradient(loss, teacher.trainable_weights), teacher.trainable_weights)
    return float(loss)


# %% wrong: no T²
# message: factor T² is missing
# earns: 2
def distill_step(teacher, student, images, optimizer, temperature):
    p = tf.nn.log_softmax(teacher(images, training=False) / temperature)
    with tf.GradientTape() as tape:
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = tf.reduce_mean(tf.reduce_sum(tf.exp(p) * (p - q), axis=-1))
    optimizer.apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)
    return float(loss)


# %% wrong: the divergence the wrong way round
# message: swapped in KL
# earns: 2
def distill_step(teacher, student, images, optimizer, temperature):
    p = tf.nn.log_softmax(teacher(images, training=False) / temperature)
    with tf.GradientTape() as tape:
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(q) * (q - p), axis=-1))
    optimizer.apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)
    return float(loss)


# %% wrong: no step is taken
# message: did not move
def distill_step(teacher, student, images, optimizer, temperature):
    p = tf.nn.log_softmax(teacher(images, training=False) / temperature)
    q = tf.nn.log_softmax(student(images, training=True) / temperature)
    return float(temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(p) * (p - q), axis=-1)))


# %% wrong: nothing is returned
# message: return
# earns: 2
def distill_step(teacher, student, images, optimizer, temperature):
    p = tf.nn.log_softmax(teacher(images, training=False) / temperature)
    with tf.GradientTape() as tape:
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(p) * (p - q), axis=-1))
    optimizer.apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)


# %% wrong: uphill
# message: should fall
# earns: 2
def distill_step(teacher, student, images, optimizer, temperature):
    p = tf.nn.log_softmax(teacher(images, training=False) / temperature)
    with tf.GradientTape() as tape:
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(p) * (p - q), axis=-1))
    gradients = [-gradient for gradient in tape.gradient(loss, student.trainable_weights)]
    optimizer.apply(gradients, student.trainable_weights)
    return float(loss)


# %% wrong: a weight is moved by hand
# message: it should run with training=True
def distill_step(teacher, student, images, optimizer, temperature):
    weight = student.trainable_weights[0]
    weight.assign(weight + 1.0)
    return 0.0


# %% wrong: all weights but one become not-a-number
# message: nan|does not move along the gradient
def distill_step(teacher, student, images, optimizer, temperature):
    p = tf.nn.log_softmax(teacher(images, training=False) / temperature)
    with tf.GradientTape() as tape:
        q = tf.nn.log_softmax(student(images, training=True) / temperature)
        loss = temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(p) * (p - q), axis=-1))
    first, *others = student.trainable_weights
    optimizer.apply([tape.gradient(loss, first)], [first])
    for weight in others:
        weight.assign(weight * np.nan)
    return float(loss) if np.isfinite(float(loss)) else -1.0


# %% right: the gradient of the logits by hand
def distill_step(teacher, student, images, optimizer, temperature):
    goal = keras.ops.softmax(teacher(images, training=False) / temperature)
    with tf.GradientTape() as tape:
        logits = student(images, training=True)
    learned = keras.ops.softmax(logits / temperature)
    loss = temperature**2 * keras.ops.mean(keras.ops.sum(goal * keras.ops.log(goal / learned), axis=-1))
    pull = temperature * (learned - goal) / logits.shape[0]
    optimizer.apply(tape.gradient(logits, student.trainable_weights, output_gradients=pull), student.trainable_weights)
    return loss


# %% wrong: the student runs twice in training
# earns: 2
# message: run it once
def distill_step(teacher, student, images, optimizer, temperature):
    t = teacher(images, training=False)
    before = float(distillation_loss(student(images, training=True), t, np.zeros(len(images), int), temperature, 1.0))
    with tf.GradientTape() as tape:
        loss = distillation_loss(student(images, training=True), t, np.zeros(len(images), int), temperature, 1.0)
    v = student.trainable_variables
    optimizer.apply(tape.gradient(loss, v), v)
    return before


# %% wrong: an optimizer of its own instead of the given one
# message: from where the loss takes it
# earns: 2
def distill_step(teacher, student, images, optimizer, temperature):
    t = teacher(images, training=False)
    with tf.GradientTape() as tape:
        loss = distillation_loss(student(images, training=True), t, np.zeros(len(images), int), temperature, 1.0)
    keras.optimizers.Adam(0.01).apply(tape.gradient(loss, student.trainable_weights), student.trainable_weights)
    return float(loss)


# %% wrong: two steps with the same gradient
# message: from where the loss takes it
# earns: 2
def distill_step(teacher, student, images, optimizer, temperature):
    t = teacher(images, training=False)
    with tf.GradientTape() as tape:
        loss = distillation_loss(student(images, training=True), t, np.zeros(len(images), int), temperature, 1.0)
    gradients = tape.gradient(loss, student.trainable_weights)
    for _ in range(2):
        optimizer.apply(gradients, student.trainable_weights)
    return float(loss)
