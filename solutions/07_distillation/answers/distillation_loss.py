# %% right: the cross-entropy less the teacher's entropy
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    p = keras.ops.softmax(teacher_logits / temperature)
    crossed = -keras.ops.sum(p * keras.ops.log_softmax(student_logits / temperature), axis=1)
    entropy = -keras.ops.sum(p * keras.ops.log(p), axis=1)
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * temperature**2 * keras.ops.mean(crossed - entropy) + (1 - alpha) * hard


# %% right: Keras's own divergence
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    divergence = keras.losses.KLDivergence()(
        keras.ops.softmax(teacher_logits / temperature), keras.ops.softmax(student_logits / temperature)
    )
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * temperature**2 * divergence + (1 - alpha) * hard


# %% right: TensorFlow, one picture after the other
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    total = 0.0
    for student, teacher, label in zip(tf.unstack(student_logits), tf.unstack(teacher_logits), labels):
        p, q = tf.nn.softmax(teacher / temperature), tf.nn.softmax(student / temperature)
        total += alpha * temperature**2 * tf.reduce_sum(p * tf.math.log(p / q))
        total -= (1 - alpha) * tf.nn.log_softmax(student)[int(label)]
    return total / len(labels)


# %% wrong: the course's own loss
# message: SoftTargets takes temperatures of 1 or more, got 0.5
# earns: 0
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    soft = distillation.SoftTargets(temperature)(teacher_logits, student_logits)
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * soft + (1 - alpha) * hard


# %% wrong: no T²
# message: factor T² is missing
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    soft = keras.losses.KLDivergence()(
        keras.ops.softmax(teacher_logits / temperature), keras.ops.softmax(student_logits / temperature)
    )
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * soft + (1 - alpha) * hard


# %% wrong: swapped
# message: swapped
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    soft = keras.losses.KLDivergence()(
        keras.ops.softmax(student_logits / temperature), keras.ops.softmax(teacher_logits / temperature)
    )
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * temperature**2 * soft + (1 - alpha) * hard


# %% wrong: alpha on the labels
# message: alpha weights the labels
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    soft = keras.losses.KLDivergence()(
        keras.ops.softmax(teacher_logits / temperature), keras.ops.softmax(student_logits / temperature)
    )
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return (1 - alpha) * temperature**2 * soft + alpha * hard


# %% wrong: T² on everything
# message: labels' part too
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    soft = keras.losses.KLDivergence()(
        keras.ops.softmax(teacher_logits / temperature), keras.ops.softmax(student_logits / temperature)
    )
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return temperature**2 * (alpha * soft + (1 - alpha) * hard)


# %% wrong: labels softened too
# message: softened too
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    soft = keras.losses.KLDivergence()(
        keras.ops.softmax(teacher_logits / temperature), keras.ops.softmax(student_logits / temperature)
    )
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits / temperature)
    return alpha * temperature**2 * soft + (1 - alpha) * hard


# %% wrong: the cross-entropy alone
# message: entropy is not subtracted
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    soft = keras.losses.CategoricalCrossentropy(from_logits=True)(
        keras.ops.softmax(teacher_logits / temperature), student_logits / temperature
    )
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * temperature**2 * soft + (1 - alpha) * hard


# %% wrong: keras.distillation with its default, which takes logits for probabilities
# message: 0.5\) should be 0.608
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    soft = temperature**2 * keras.ops.mean(keras.losses.kl_divergence(teacher_logits / temperature, student_logits / temperature))
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * soft + (1 - alpha) * hard


# %% wrong: numpy, without gradients
# message: gradient
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    from scipy.special import log_softmax

    student, teacher = np.asarray(student_logits), np.asarray(teacher_logits)
    p, q = log_softmax(teacher / temperature, axis=1), log_softmax(student / temperature, axis=1)
    hard = -log_softmax(student, axis=1)[np.arange(len(labels)), labels].mean()
    return tf.constant(alpha * temperature**2 * (np.exp(p) * (p - q)).sum(axis=1).mean() + (1 - alpha) * hard)


# %% wrong: the teacher's part in numpy, without gradients
# message: has no gradient
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    from scipy.special import log_softmax

    p = log_softmax(np.asarray(teacher_logits) / temperature, axis=1)
    q = log_softmax(np.asarray(student_logits) / temperature, axis=1)
    soft = temperature**2 * (np.exp(p) * (p - q)).sum(axis=1).mean()
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * soft + (1 - alpha) * hard


# %% wrong: no labels' part
# message: labels' part is missing
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    p = keras.ops.softmax(teacher_logits / temperature)
    q = keras.ops.log_softmax(student_logits / temperature)
    soft = keras.ops.mean(keras.ops.sum(p * (keras.ops.log(p) - q), axis=1))
    return alpha * temperature**2 * soft


# %% wrong: both parts in full
# message: weights alpha and 1 - alpha are missing
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    p = keras.ops.softmax(teacher_logits / temperature)
    q = keras.ops.log_softmax(student_logits / temperature)
    soft = keras.ops.mean(keras.ops.sum(p * (keras.ops.log(p) - q), axis=1))
    hard = keras.ops.mean(keras.losses.sparse_categorical_crossentropy(labels, student_logits, from_logits=True))
    return temperature**2 * soft + hard


# %% wrong: only the student is softened
# message: only the student's logits are softened
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    p = keras.ops.softmax(teacher_logits)
    q = keras.ops.log_softmax(student_logits / temperature)
    soft = keras.ops.mean(keras.ops.sum(p * (keras.ops.log(p) - q), axis=1))
    hard = keras.ops.mean(keras.losses.sparse_categorical_crossentropy(labels, student_logits, from_logits=True))
    return alpha * temperature**2 * soft + (1 - alpha) * hard


# %% right: by one-hot labels and log-sum-exp
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    def log_softmax(x):
        return x - keras.ops.logsumexp(x, axis=1, keepdims=True)

    p, q = log_softmax(teacher_logits / temperature), log_softmax(student_logits / temperature)
    soft = keras.ops.mean(keras.ops.sum(keras.ops.exp(p) * (p - q), axis=-1))
    chosen = keras.ops.one_hot(labels, student_logits.shape[-1])
    hard = -keras.ops.mean(keras.ops.sum(chosen * log_softmax(student_logits), axis=-1))
    return alpha * temperature**2 * soft + (1 - alpha) * hard


# %% wrong: a temperature of at least 1
# message: 0.5
def distillation_loss(student_logits, teacher_logits, labels, temperature, alpha):
    temperature = max(temperature, 1)
    soft = distillation.SoftTargets(temperature)(teacher_logits, student_logits)
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student_logits)
    return alpha * soft + (1 - alpha) * hard
