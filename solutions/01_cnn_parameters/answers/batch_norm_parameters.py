# %% right: with a list and counts of vectors
def batch_norm_parameters(channels, scale=True, frozen=False):
    vectors = [1 + int(scale), 2]
    if frozen:
        vectors = [0, sum(vectors)]
    return [channels * number for number in vectors]


# %% right: by asking Keras
def batch_norm_parameters(channels, scale=True, frozen=False):
    layer = keras.layers.BatchNormalization(scale=scale)
    layer.build((None, channels))
    layer.trainable = not frozen
    return (
        sum(int(np.prod(v.shape)) for v in layer.trainable_weights),
        sum(int(np.prod(v.shape)) for v in layer.non_trainable_weights),
    )


# %% right: as an array
def batch_norm_parameters(channels, scale=True, frozen=False):
    trainable = np.array([scale, True, False, False]) & (not frozen)
    there = np.array([scale, True, True, True])
    return np.array([trainable.sum(), there.sum() - trainable.sum()]) * channels


# %% right: with early returns
def batch_norm_parameters(channels, scale=True, frozen=False):
    if frozen and scale:
        return 0, 4 * channels
    if frozen:
        return 0, 3 * channels
    if scale:
        return 2 * channels, 2 * channels
    return channels, 2 * channels


# %% wrong: everything trains
# message: all four vectors are taken as trainable
def batch_norm_parameters(channels, scale=True, frozen=False):
    return (4 if scale else 3) * channels, 0


# %% wrong: forgets the statistics
# message: the moving statistics are left out
def batch_norm_parameters(channels, scale=True, frozen=False):
    learned = (2 if scale else 1) * channels
    return (0, learned) if frozen else (learned, 0)


# %% wrong: one number for the whole layer
# message: each vector is taken as one number
def batch_norm_parameters(channels, scale=True, frozen=False):
    return (0, 4) if frozen else (2, 2)


# %% wrong: freezing changes nothing
# message: `frozen` is not used
# earns: 1
def batch_norm_parameters(channels, scale=True, frozen=False):
    return (2 if scale else 1) * channels, 2 * channels


# %% wrong: frozen parameters vanish
# message: frozen parameters drop out of the count
# earns: 1
def batch_norm_parameters(channels, scale=True, frozen=False):
    return 0 if frozen else (2 if scale else 1) * channels, 2 * channels


# %% wrong: does not look at scale
# message: `scale` is not used
def batch_norm_parameters(channels, scale=True, frozen=False):
    return (0, 4 * channels) if frozen else (2 * channels, 2 * channels)


# %% wrong: the two numbers the other way round
# message: the two numbers are swapped
def batch_norm_parameters(channels, scale=True, frozen=False):
    learned = (2 if scale else 1) * channels
    return (learned + 2 * channels, 0) if frozen else (2 * channels, learned)


# %% wrong: returns the sum only
# message: the two numbers are added up
def batch_norm_parameters(channels, scale=True, frozen=False):
    return (4 if scale else 3) * channels


# %% wrong: thinks that the mean and variance are one vector
# message: only one of the two moving statistics
def batch_norm_parameters(channels, scale=True, frozen=False):
    return (0, 3 * channels) if frozen else (2 * channels, channels)


# %% wrong: gamma stays as a number that is not trained
# message: makes gamma non-trainable instead of leaving it out
def batch_norm_parameters(channels, scale=True, frozen=False):
    learned = (2 if scale else 1) * channels
    return (0, 4 * channels) if frozen else (learned, 4 * channels - learned)


# %% wrong: the second number is the sum
# message: the second number is the sum of all
# earns: 1
def batch_norm_parameters(channels, scale=True, frozen=False):
    learned = (2 if scale else 1) * channels
    return 0 if frozen else learned, learned + 2 * channels


# %% wrong: beta goes with gamma
# message: takes away both gamma and beta
def batch_norm_parameters(channels, scale=True, frozen=False):
    learned = 2 * channels if scale else 0
    return (0, learned + 2 * channels) if frozen else (learned, 2 * channels)
