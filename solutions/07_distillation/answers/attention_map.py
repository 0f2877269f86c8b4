# %% right: einsum
def attention_map(maps):
    rows = np.einsum("nhwc,nhwc->nhw", maps, maps).reshape(len(maps), -1)
    return rows / np.sqrt((rows**2).sum(axis=1))[:, None]


# %% right: picture by picture
def attention_map(maps):
    rows = []
    for image_maps in maps:
        energy = np.square(image_maps).sum(axis=2).ravel()
        rows.append(energy / np.linalg.norm(energy))
    return rows


# %% right: keras, and a mean in place of the sum, which the length takes out
def attention_map(maps):
    energy = keras.ops.mean(keras.ops.square(keras.ops.convert_to_tensor(maps)), axis=-1)
    return keras.ops.normalize(keras.ops.reshape(energy, (len(maps), -1)), axis=-1)


# %% wrong: not squared
# message: not squared
def attention_map(maps):
    rows = maps.sum(axis=-1).reshape(len(maps), -1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% wrong: absolute values
# message: absolute values
def attention_map(maps):
    rows = np.abs(maps).sum(axis=-1).reshape(len(maps), -1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% wrong: no length
# message: not brought to length 1
def attention_map(maps):
    return (maps**2).sum(axis=-1).reshape(len(maps), -1)


# %% wrong: the sum is 1
# message: sum 1
def attention_map(maps):
    rows = (maps**2).sum(axis=-1).reshape(len(maps), -1)
    return rows / rows.sum(axis=1, keepdims=True)


# %% wrong: all images together
# message: all images together
def attention_map(maps):
    rows = (maps**2).sum(axis=-1).reshape(len(maps), -1)
    return rows / np.linalg.norm(rows)


# %% wrong: squared after the sum
# message: after the sum
def attention_map(maps):
    rows = (maps.sum(axis=-1) ** 2).reshape(len(maps), -1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% wrong: over the images' height instead of the channels
# message: shape
def attention_map(maps):
    rows = (maps**2).sum(axis=1).reshape(len(maps), -1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% wrong: not flattened
# message: shape
def attention_map(maps):
    energy = (maps**2).sum(axis=-1)
    return energy / np.linalg.norm(energy, axis=(1, 2), keepdims=True)


# %% wrong: over the places
# message: over the places instead of the channels
def attention_map(maps):
    rows = (np.asarray(maps) ** 2).sum(axis=(1, 2))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% wrong: root of the energy
# message: root of the sum of squares
def attention_map(maps):
    rows = np.linalg.norm(maps, axis=-1).reshape(len(maps), -1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% wrong: each column
# message: each column of the table
def attention_map(maps):
    rows = (maps**2).sum(axis=-1).reshape(len(maps), -1)
    return rows / np.linalg.norm(rows, axis=0)


# %% right: image by image
def attention_map(maps):
    rows = []
    for image in np.asarray(maps, dtype=float):
        energy = [sum(value * value for value in channels) for row in image for channels in row]
        length = sum(value * value for value in energy) ** 0.5
        rows.append([value / length for value in energy])
    return rows
