# %% right: loops
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size != 0 or w % size != 0:
        raise ValueError("size does not fit")
    rows = []
    for y in range(0, h, size):
        for x in range(0, w, size):
            rows.append(images[:, y : y + size, x : x + size].reshape(n, -1))
    return np.stack(rows, axis=1)


# %% right: swapaxes
def patches(images, size):
    images = np.array(images)
    n, h, w, c = images.shape
    down, rest_down = divmod(h, size)
    across, rest_across = divmod(w, size)
    if rest_down or rest_across:
        raise ValueError(f"{size} does not divide {h} and {w}")
    return images.reshape(n, down, size, across, size, c).swapaxes(2, 3).reshape(n, down * across, size * size * c)


# %% right: split
def patches(images, size):
    images = np.asarray(images)
    height, width = images.shape[1:3]
    if height % size or width % size:
        raise ValueError("not a multiple")
    bands = np.split(images, height // size, axis=1)
    cut = [part for band in bands for part in np.split(band, width // size, axis=2)]
    return np.stack([part.reshape(len(images), -1) for part in cut], axis=1)


# %% right: keras
def patches(images, size):
    images = keras.ops.convert_to_tensor(np.asarray(images, dtype="float64"), dtype="float64")
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError("patches must cover the image")
    x = keras.ops.reshape(images, (n, h // size, size, w // size, size, c))
    x = keras.ops.transpose(x, (0, 1, 3, 2, 4, 5))
    return np.asarray(keras.ops.reshape(x, (n, -1, size * size * c)))


# %% wrong: only reshaped
# message: without exchanging axes
def patches(images, size):
    images = np.asarray(images)
    if images.shape[1] % size or images.shape[2] % size:
        raise ValueError
    return images.reshape(len(images), -1, size * size * images.shape[-1])


# %% wrong: column by column
# message: patches go column by column
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError
    cut = images.reshape(n, h // size, size, w // size, size, c)
    return cut.transpose(0, 3, 1, 2, 4, 5).reshape(n, -1, size * size * c)


# %% wrong: pixels column by column
# message: pixels of a patch go column by column
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError
    cut = images.reshape(n, h // size, size, w // size, size, c)
    return cut.transpose(0, 1, 3, 4, 2, 5).reshape(n, -1, size * size * c)


# %% wrong: channels first
# message: channels come first
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError
    cut = images.reshape(n, h // size, size, w // size, size, c)
    return cut.transpose(0, 1, 3, 5, 2, 4).reshape(n, -1, size * size * c)


# %% wrong: not flattened
# message: not flattened
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError
    cut = images.reshape(n, h // size, size, w // size, size, c)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(n, -1, size, size, c)


# %% wrong: one number a patch
# message: each patch is averaged
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError
    return images.reshape(n, h // size, size, w // size, size, c).mean(axis=(2, 4)).reshape(n, -1, c)


# %% wrong: drops the edge
# message: pixels at the edge are dropped
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    images = images[:, : h - h % size, : w - w % size]
    cut = images.reshape(n, h // size, size, w // size, size, c)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(n, -1, size * size * c)


# %% wrong: height and width exchanged
# message: ValueError|patches\(
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError
    cut = images.reshape(n, w // size, size, h // size, size, c)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(n, -1, size * size * c)


# %% wrong: the first image only
# message: patches\(
def patches(images, size):
    image = np.asarray(images)[0]
    h, w, c = image.shape
    if h % size or w % size:
        raise ValueError
    cut = image.reshape(h // size, size, w // size, size, c)
    return cut.transpose(0, 2, 1, 3, 4).reshape(-1, size * size * c)


# %% wrong: rounded to bytes
# message: patches\(
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError
    cut = images.reshape(n, h // size, size, w // size, size, c)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(n, -1, size * size * c).astype(np.uint8)


# %% right: loops, another way
def patches(images, size):
    images = np.asarray(images)
    n, height, width, channels = images.shape
    if height % size or width % size:
        raise ValueError("no multiple")
    rows = [
        images[:, top:top + size, left:left + size].reshape(n, -1)
        for top in range(0, height, size)
        for left in range(0, width, size)
    ]
    return np.stack(rows, axis=1)


# %% right: transpose
def patches(images, size):
    images = np.asarray(images)
    n, h, w, c = images.shape
    if h % size or w % size:
        raise ValueError(f"{h}x{w} is no multiple of {size}")
    return images.reshape(n, h // size, size, w // size, size, c).transpose(0, 1, 3, 2, 4, 5).reshape(n, -1, size * size * c)


# %% right: TensorFlow's patches
def patches(images, size):
    import tensorflow as tf

    images = np.asarray(images)
    if images.shape[1] % size or images.shape[2] % size:
        raise ValueError("size")
    cut = tf.image.extract_patches(images.astype("float64"), [1, size, size, 1], [1, size, size, 1], [1] * 4, "VALID")
    return tf.reshape(cut, (len(images), -1, size * size * images.shape[3])).numpy().astype(images.dtype)
