# %% right: einsum
def hint_loss(student_maps, teacher_maps, kernel):
    return np.mean(np.square(np.einsum("nhwa,ab->nhwb", student_maps, kernel) - teacher_maps))


# %% right: a convolution
def hint_loss(student_maps, teacher_maps, kernel):
    guessed = keras.ops.conv(student_maps, kernel[None, None], padding="valid")
    return keras.ops.mean((guessed - teacher_maps) ** 2)


# %% right: tensordot and a flat mean
def hint_loss(student_maps, teacher_maps, kernel):
    gap = np.tensordot(student_maps, kernel, axes=1).ravel() - np.ravel(teacher_maps)
    return gap @ gap / len(gap)


# %% wrong: summed
# message: summed instead of averaged
def hint_loss(student_maps, teacher_maps, kernel):
    return ((student_maps @ kernel - teacher_maps) ** 2).sum()


# %% wrong: not squared
# message: not squared
def hint_loss(student_maps, teacher_maps, kernel):
    return (student_maps @ kernel - teacher_maps).mean()


# %% wrong: absolute
# message: absolute
def hint_loss(student_maps, teacher_maps, kernel):
    return np.abs(student_maps @ kernel - teacher_maps).mean()


# %% wrong: the root
# message: root of the mean
def hint_loss(student_maps, teacher_maps, kernel):
    return np.sqrt(((student_maps @ kernel - teacher_maps) ** 2).mean())


# %% wrong: the mean over images only
# message: over the images only
def hint_loss(student_maps, teacher_maps, kernel):
    return ((student_maps @ kernel - teacher_maps) ** 2).sum(axis=(1, 2, 3)).mean()


# %% wrong: half of it, as the paper writes
# message: half of it
def hint_loss(student_maps, teacher_maps, kernel):
    return 0.5 * ((student_maps @ kernel - teacher_maps) ** 2).mean()


# %% wrong: pooled first
# message: averaged over space first
def hint_loss(student_maps, teacher_maps, kernel):
    return ((student_maps.mean(axis=(1, 2)) @ kernel - teacher_maps.mean(axis=(1, 2))) ** 2).mean()


# %% wrong: summed over the channels
# message: summed over the channels
def hint_loss(student_maps, teacher_maps, kernel):
    return ((student_maps @ kernel - teacher_maps) ** 2).sum(axis=-1).mean()


# %% wrong: the squared mean
# message: mean is squared
def hint_loss(student_maps, teacher_maps, kernel):
    return (student_maps @ kernel - teacher_maps).mean() ** 2


# %% right: one convolution
def hint_loss(student_maps, teacher_maps, kernel):
    mapped = keras.ops.conv(np.asarray(student_maps, "float32"), np.asarray(kernel, "float32")[None, None])
    return keras.ops.mean(keras.ops.square(mapped - np.asarray(teacher_maps, "float32")))
