# %% right: a list of versions
def rotation_task(images):
    turned, turns = [], []
    for turn in range(4):
        for image in images:
            turned.append(np.rot90(image, turn))
            turns.append(turn)
    return np.array(turned), np.array(turns)


# %% right: transposed and flipped
def rotation_task(images):
    mirrored = images.transpose(0, 2, 1, 3)
    versions = [images, mirrored[:, ::-1], images[:, ::-1, ::-1], mirrored[:, :, ::-1]]
    return np.concatenate(versions), np.repeat([0, 1, 2, 3], len(images))


# %% right: clockwise three times
def rotation_task(images):
    versions = [np.rot90(images, -turn, axes=(2, 1)) for turn in range(4)]
    return np.vstack(versions), np.arange(4 * len(images)) // len(images)


# %% right: turns as a list
def rotation_task(images):
    versions = [images]
    for _ in range(3):
        versions.append(np.rot90(versions[-1], axes=(1, 2)))
    return np.concatenate(versions, axis=0), [turn for turn in range(4) for _ in images]


# %% wrong: clockwise
# message: clockwise
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, -turn, axes=(1, 2)) for turn in range(4)])
    return turned, np.repeat(np.arange(4), len(images))


# %% wrong: image by image
# message: follow each other
def rotation_task(images):
    turned = [np.rot90(image, turn) for image in images for turn in range(4)]
    return np.array(turned), np.tile(np.arange(4), len(images))


# %% wrong: transposed
# message: transposed
def rotation_task(images):
    versions = [images]
    for _ in range(3):
        versions.append(versions[-1].swapaxes(1, 2))
    return np.concatenate(versions), np.repeat(np.arange(4), len(images))


# %% wrong: flipped
# message: upside down
def rotation_task(images):
    versions = [images, images[:, ::-1], images, images[:, ::-1]]
    return np.concatenate(versions), np.repeat(np.arange(4), len(images))


# %% wrong: nothing is turned
# message: nothing is turned
def rotation_task(images):
    return np.concatenate([images] * 4), np.repeat(np.arange(4), len(images))


# %% wrong: counted from 1
# message: counted from 1
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)])
    return turned, np.repeat(np.arange(1, 5), len(images))


# %% wrong: degrees
# message: degrees
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)])
    return turned, np.repeat([0, 90, 180, 270], len(images))


# %% wrong: exchanged
# message: exchanged
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)])
    return np.repeat(np.arange(4), len(images)), turned


# %% wrong: without the images as they are
# message: without the images as they are
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(1, 4)])
    return turned, np.repeat(np.arange(1, 4), len(images))


# %% wrong: labels in another order
# message: while the images do not
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)])
    return turned, np.tile(np.arange(4), len(images))


# %% wrong: no labels
# message: turns are missing
def rotation_task(images):
    return np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)])


# %% wrong: another dtype
# message: uint8 images
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)]) * 1.0
    return turned, np.repeat(np.arange(4), len(images))


# %% wrong: the axis of the images
# message: rot90 needs axes
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, turn) for turn in range(4)])
    return turned, np.repeat(np.arange(4), len(images))


# %% wrong: a buffer of zeros
# message: integer turns are due, not \['float64', 'int64'\]
def rotation_task(images):
    turned = np.zeros((4 * len(images), *images.shape[1:]))
    for turn in range(4):
        turned[turn * len(images) : (turn + 1) * len(images)] = np.rot90(images, turn, axes=(1, 2))
    return turned, np.repeat(np.arange(4), len(images))


# %% wrong: a buffer of whole numbers
# message: fractions of float images are cut off
def rotation_task(images):
    turned = np.zeros((4 * len(images), *images.shape[1:]), "uint8")
    for turn in range(4):
        turned[turn * len(images) : (turn + 1) * len(images)] = np.rot90(images, turn, axes=(1, 2))
    return turned, np.repeat(np.arange(4), len(images))


# %% wrong: the turns are no integers
# message: integer turns are due, not \['uint8', 'float64'\]
def rotation_task(images):
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)])
    return turned, np.concatenate([np.full(len(images), float(turn)) for turn in range(4)])


# %% wrong: a transposed image
# message: quarter turn is a transposed image
def rotation_task(images):
    half = images[:, ::-1, ::-1]
    versions = [images, images.swapaxes(1, 2), half, half.swapaxes(1, 2)]
    return np.concatenate(versions), np.repeat(np.arange(4), len(images))


# %% wrong: upside down
# message: image upside down is taken
def rotation_task(images):
    versions = [images, np.rot90(images, 1, (1, 2)), images[:, ::-1], np.rot90(images, 3, (1, 2))]
    return np.concatenate(versions), np.repeat(np.arange(4), len(images))


# %% right: rot90 in the image plane
def rotation_task(images):
    images = np.asarray(images)
    turned = np.concatenate([np.rot90(images, turn, axes=(1, 2)) for turn in range(4)])
    return turned, np.repeat(np.arange(4), len(images))


# %% right: loops over images
def rotation_task(images):
    turned = [np.rot90(image, turn) for turn in range(4) for image in images]
    return np.array(turned, dtype=np.asarray(images).dtype).reshape(-1, *np.shape(images)[1:]), np.array([t for t in range(4) for _ in images], dtype=int)


# %% right: flips and transposes
def rotation_task(images):
    images = np.asarray(images)
    quarter = images.transpose(0, 2, 1, 3)[:, ::-1]
    parts = [images, quarter, images[:, ::-1, ::-1], images.transpose(0, 2, 1, 3)[:, :, ::-1]]
    return np.vstack(parts), np.concatenate([np.full(len(images), turn) for turn in range(4)])
