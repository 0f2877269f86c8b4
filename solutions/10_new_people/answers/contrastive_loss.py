# %% right: cross-entropy of Keras
def contrastive_loss(images, texts, temperature):
    images, texts = keras.ops.normalize(images, axis=1), keras.ops.normalize(texts, axis=1)
    scores = images @ keras.ops.transpose(texts) / temperature
    labels = keras.ops.arange(scores.shape[0])
    rows = keras.losses.sparse_categorical_crossentropy(labels, scores, from_logits=True)
    columns = keras.losses.sparse_categorical_crossentropy(labels, keras.ops.transpose(scores), from_logits=True)
    return keras.ops.mean(rows + columns) / 2


# %% right: logsumexp
def contrastive_loss(images, texts, temperature):
    def unit(rows):
        return rows / keras.ops.norm(rows, axis=1, keepdims=True)

    scores = keras.ops.matmul(unit(images), keras.ops.transpose(unit(texts))) / temperature
    own = keras.ops.diagonal(scores)
    both = keras.ops.logsumexp(scores, axis=0) + keras.ops.logsumexp(scores, axis=1)
    return keras.ops.mean(both / 2 - own)


# %% right: einsum and a table of ones
def contrastive_loss(images, texts, temperature):
    images = keras.ops.convert_to_tensor(images)
    texts = keras.ops.convert_to_tensor(texts)
    lengths = [keras.ops.sqrt(keras.ops.einsum("id,id->i", part, part)) for part in (images, texts)]
    scores = keras.ops.einsum("id,jd->ij", images, texts)
    scores = scores / lengths[0][:, None] / lengths[1][None, :] / temperature
    ones = keras.ops.eye(scores.shape[0])
    first = -keras.ops.sum(ones * keras.ops.log_softmax(scores, axis=-1))
    second = -keras.ops.sum(ones * keras.ops.log_softmax(scores, axis=0))
    return (first + second) / (2 * scores.shape[0])


# %% right: each pair in turn
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    total = 0.0
    for place in range(images.shape[0]):
        row = keras.ops.sum(images[place] * texts, axis=1) / temperature
        column = keras.ops.sum(texts[place] * images, axis=1) / temperature
        total = total + keras.ops.logsumexp(row) + keras.ops.logsumexp(column) - 2 * row[place]
    return total / (2 * images.shape[0])


# %% wrong: lengths stay
# message: keep their lengths
def contrastive_loss(images, texts, temperature):
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    both = keras.ops.logsumexp(scores, axis=0) + keras.ops.logsumexp(scores, axis=1)
    return keras.ops.mean(both / 2 - keras.ops.diagonal(scores))


# %% wrong: no temperature
# message: temperature is forgotten
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts))
    both = keras.ops.logsumexp(scores, axis=0) + keras.ops.logsumexp(scores, axis=1)
    return keras.ops.mean(both / 2 - keras.ops.diagonal(scores))


# %% wrong: multiplied
# message: multiplied by the temperature
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) * temperature
    both = keras.ops.logsumexp(scores, axis=0) + keras.ops.logsumexp(scores, axis=1)
    return keras.ops.mean(both / 2 - keras.ops.diagonal(scores))


# %% wrong: one direction
# message: only images look
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    return -keras.ops.mean(keras.ops.diagonal(keras.ops.log_softmax(scores, axis=1)))


# %% wrong: the other direction
# message: only sentences look
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    return -keras.ops.mean(keras.ops.diagonal(keras.ops.log_softmax(scores, axis=0)))


# %% wrong: directions added
# message: added, and not averaged
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    both = keras.ops.logsumexp(scores, axis=0) + keras.ops.logsumexp(scores, axis=1)
    return keras.ops.mean(both - 2 * keras.ops.diagonal(scores))


# %% wrong: pairs summed
# message: summed, and not averaged
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    both = keras.ops.logsumexp(scores, axis=0) + keras.ops.logsumexp(scores, axis=1)
    return keras.ops.sum(both / 2 - keras.ops.diagonal(scores))


# %% wrong: the sign
# message: sign is wrong
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    both = keras.ops.logsumexp(scores, axis=0) + keras.ops.logsumexp(scores, axis=1)
    return keras.ops.mean(keras.ops.diagonal(scores) - both / 2)


# %% wrong: without the own pair
# message: left out of the sum
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    others = scores - 1e9 * keras.ops.eye(scores.shape[0])
    both = keras.ops.logsumexp(others, axis=0) + keras.ops.logsumexp(others, axis=1)
    return keras.ops.mean(both / 2 - keras.ops.diagonal(scores))


# %% wrong: the whole table
# message: whole table
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    return keras.ops.logsumexp(scores) - keras.ops.mean(keras.ops.diagonal(scores))


# %% wrong: no gradient
# message: no gradient
def contrastive_loss(images, texts, temperature):
    images, texts = (np.asarray(part) / np.linalg.norm(np.asarray(part), axis=1, keepdims=True) for part in (images, texts))
    scores = images @ texts.T / temperature
    both = np.logaddexp.reduce(scores, axis=0) + np.logaddexp.reduce(scores, axis=1)
    return float(np.mean(both / 2 - np.diag(scores)))


# %% wrong: overflows at a low temperature
# message: something overflows
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.exp(keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature)
    own = keras.ops.diagonal(scores)
    first, second = own / keras.ops.sum(scores, axis=1), own / keras.ops.sum(scores, axis=0)
    return -keras.ops.mean(keras.ops.log(first) + keras.ops.log(second)) / 2


# %% wrong: the logarithm of a softmax
# message: something overflows
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    both = keras.ops.log(keras.ops.softmax(scores, axis=0)) + keras.ops.log(keras.ops.softmax(scores, axis=1))
    return -keras.ops.mean(keras.ops.diagonal(both)) / 2


# %% wrong: a small number in the logarithm
# message: 1e-07 is added to the softmax
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    shares = (keras.ops.diagonal(keras.ops.softmax(scores, axis=axis)) for axis in (0, 1))
    first, second = (keras.ops.log(share + 1e-7) for share in shares)
    return -keras.ops.mean(first + second) / 2


# %% wrong: the mean of the whole table
# message: whole table, and not over the pairs
def contrastive_loss(images, texts, temperature):
    images, texts = (keras.ops.normalize(part, axis=-1) for part in (images, texts))
    scores = keras.ops.matmul(images, keras.ops.transpose(texts)) / temperature
    return -keras.ops.mean(keras.ops.log_softmax(scores, axis=1) + keras.ops.log_softmax(scores, axis=0)) / 2


# %% right: keras.ops
def contrastive_loss(images, texts, temperature):
    ops = keras.ops
    images = images / ops.norm(images, axis=1, keepdims=True)
    texts = texts / ops.norm(texts, axis=1, keepdims=True)
    table = ops.matmul(images, ops.transpose(texts)) / temperature
    own = ops.diagonal(table)
    return ops.mean(ops.logsumexp(table, axis=1) + ops.logsumexp(table, axis=0) - 2 * own) / 2


# %% right: cross-entropy
def contrastive_loss(images, texts, temperature):
    ops = keras.ops
    images, texts = ops.normalize(images, axis=1), ops.normalize(texts, axis=1)
    table = images @ ops.transpose(texts) / temperature
    targets = ops.arange(ops.shape(table)[0])
    by_images = keras.losses.sparse_categorical_crossentropy(targets, table, from_logits=True)
    other = keras.losses.sparse_categorical_crossentropy(targets, ops.transpose(table), from_logits=True)
    return (ops.mean(by_images) + ops.mean(other)) / 2


# %% right: TensorFlow
def contrastive_loss(images, texts, temperature):
    import tensorflow as tf

    a, b = tf.math.l2_normalize(images, 1), tf.math.l2_normalize(texts, 1)
    table = tf.matmul(a, b, transpose_b=True) / temperature
    both = tf.linalg.diag_part(tf.nn.log_softmax(table, 1)) + tf.linalg.diag_part(tf.nn.log_softmax(table, 0))
    return -tf.reduce_mean(both) / 2


# %% wrong: only the images are brought to length 1
# message: only the images are brought to length 1
def contrastive_loss(images, texts, temperature):
    ops = keras.ops
    images = ops.normalize(images, axis=1)
    table = images @ ops.transpose(texts) / temperature
    return -ops.mean(ops.diagonal(ops.log_softmax(table, axis=1)) + ops.diagonal(ops.log_softmax(table, axis=0))) / 2
