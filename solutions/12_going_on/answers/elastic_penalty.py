# %% right: a product
def elastic_penalty(weights, anchors, importance, strength):
    distance = weights - anchors
    return strength / 2 * keras.ops.sum(importance * distance * distance)


# %% right: TensorFlow
def elastic_penalty(weights, anchors, importance, strength):
    import tensorflow as tf

    return 0.5 * strength * tf.reduce_sum(importance * tf.math.squared_difference(weights, anchors))


# %% right: the mean times the size
def elastic_penalty(weights, anchors, importance, strength):
    terms = importance * (weights - anchors) ** 2
    return strength * keras.ops.mean(terms) * float(np.size(anchors)) / 2


# %% right: a dot product
def elastic_penalty(weights, anchors, importance, strength):
    d = keras.ops.reshape(keras.ops.subtract(weights, anchors), (-1,))
    f = keras.ops.reshape(keras.ops.convert_to_tensor(importance), (-1,))
    return keras.ops.sum(d * f * d) * strength * 0.5


# %% wrong: no half
# message: 1/2 is missing
def elastic_penalty(weights, anchors, importance, strength):
    return strength * keras.ops.sum(importance * (weights - anchors) ** 2)


# %% wrong: mean
# message: mean over the weights
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * keras.ops.mean(importance * (weights - anchors) ** 2)


# %% wrong: importance squared
# message: importance is squared
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * keras.ops.sum((importance * (weights - anchors)) ** 2)


# %% wrong: no importance
# message: importance is ignored
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * keras.ops.sum((weights - anchors) ** 2)


# %% wrong: to zero
# message: anchors are ignored
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * keras.ops.sum(importance * weights**2)


# %% wrong: absolute
# message: distance is not squared
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * keras.ops.sum(importance * keras.ops.abs(weights - anchors))


# %% wrong: sum squared
# message: sum is squared
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * keras.ops.sum(importance * (weights - anchors)) ** 2


# %% wrong: negative
# message: penalty is negative
def elastic_penalty(weights, anchors, importance, strength):
    return -0.5 * strength * keras.ops.sum(importance * (weights - anchors) ** 2)


# %% wrong: numpy
# message: no gradient|numpy
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * float(np.sum(np.asarray(importance) * (np.asarray(weights) - np.asarray(anchors)) ** 2))


# %% wrong: strength squared
# message: strength is squared
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength**2 * keras.ops.sum(importance * (weights - anchors) ** 2)


# %% wrong: last axis
# message: only the last axis
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * keras.ops.sum(importance * (weights - anchors) ** 2, axis=-1)


# %% wrong: squares subtracted
# message: squares are subtracted
def elastic_penalty(weights, anchors, importance, strength):
    return 0.5 * strength * keras.ops.sum(importance * (weights**2 - anchors**2))


# %% wrong: whole half
# message: without a remainder
def elastic_penalty(weights, anchors, importance, strength):
    return strength // 2 * keras.ops.sum(importance * (weights - anchors) ** 2)


# %% right: keras.ops
def elastic_penalty(weights, anchors, importance, strength):
    return strength / 2 * keras.ops.sum(importance * keras.ops.square(weights - anchors))


# %% right: TensorFlow, another way
def elastic_penalty(weights, anchors, importance, strength):
    import tensorflow as tf

    weights = tf.convert_to_tensor(weights)
    anchors, importance = (tf.cast(part, weights.dtype) for part in (anchors, importance))
    return tf.reduce_sum(importance * (weights - anchors) ** 2) * (0.5 * strength)


# %% right: dot product of flat vectors
def elastic_penalty(weights, anchors, importance, strength):
    distance = keras.ops.reshape(weights - anchors, (-1,))
    return 0.5 * strength * keras.ops.dot(keras.ops.reshape(importance, (-1,)) * distance, distance)


# %% wrong: importance outside the sum
# message: the importances are summed apart from the squared distances
def elastic_penalty(weights, anchors, importance, strength):
    return strength / 2 * keras.ops.sum(importance) * keras.ops.mean(keras.ops.square(weights - anchors))


# %% wrong: the square of the sum
# message: the sum is squared, with the roots of the importances, and n
def elastic_penalty(weights, anchors, importance, strength):
    return strength / 2 * keras.ops.square(keras.ops.sum(keras.ops.sqrt(importance) * (weights - anchors)))
