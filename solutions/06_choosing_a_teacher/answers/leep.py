# %% right: one-hot labels and matrix products
def leep(probabilities, labels):
    own = (np.unique(labels)[:, None] == labels).astype(float)
    joint = own @ probabilities / len(labels)
    given_old = joint / np.maximum(joint.sum(axis=0), 1e-300)
    return np.log((own.T @ given_old * probabilities).sum(axis=1)).mean()


# %% right: loops in plain Python
def leep(probabilities, labels):
    from math import log

    count, old = len(labels), range(len(probabilities[0]))
    shares = [sum(float(row[z]) for row in probabilities) for z in old]
    total = 0.0
    for i in range(count):
        expected = 0.0
        for z in old:
            if shares[z] > 0:
                pairs = sum(float(probabilities[j][z]) for j in range(count) if labels[j] == labels[i])
                expected += float(probabilities[i][z]) * pairs / shares[z]
        total += log(expected)
    return total / count


# %% right: only the old classes that occur, with einsum
def leep(probabilities, labels):
    theta = np.asarray(probabilities, dtype=float)
    theta = theta[:, theta.sum(axis=0) > 0]
    same = np.equal.outer(labels, labels).astype(float)
    expected = np.einsum("iz,ij,jz->i", theta / theta.sum(axis=0), same, theta)
    return np.mean(np.log(expected))


# %% right: class by class, as a tensor
def leep(probabilities, labels):
    theta = keras.ops.convert_to_tensor(np.asarray(probabilities, "float64"))
    logs = []
    for label in sorted(set(np.asarray(labels).tolist())):
        mine = keras.ops.take(theta, np.flatnonzero(labels == label), axis=0)
        total = keras.ops.sum(theta, axis=0)
        by_source = keras.ops.sum(mine, axis=0) / keras.ops.where(total > 0, total, keras.ops.ones_like(total))
        logs.append(keras.ops.log(keras.ops.sum(mine * by_source, axis=1)))
    return keras.ops.mean(keras.ops.concatenate(logs))


# %% right: a dictionary of rows, and nan_to_num
def leep(probabilities, labels):
    theta = np.array(probabilities, float)
    with np.errstate(invalid="ignore"):
        rows = {label: np.nan_to_num(theta[labels == label].sum(0) / theta.sum(0)) for label in set(labels.tolist())}
    return float(np.mean([np.log(image @ rows[label]) for image, label in zip(theta, labels.tolist())]))


# %% wrong: the package's function
# message: add up to 1
def leep(probabilities, labels):
    return transferability.leep(probabilities, labels)


# %% wrong: the package's function, on rescaled rows
# message: rows are divided by their sums first
def leep(probabilities, labels):
    return transferability.leep(probabilities / probabilities.sum(axis=1, keepdims=True), labels)


# %% wrong: P(z | y)
# message: P\(z \| y\) stands in place
def leep(probabilities, labels):
    own = (np.unique(labels)[:, None] == labels).astype(float)
    joint = own @ probabilities
    return np.log((own.T @ (joint / joint.sum(axis=1, keepdims=True)) * probabilities).sum(axis=1)).mean()


# %% wrong: the joint table
# message: P\(y, z\) stands in place
def leep(probabilities, labels):
    own = (np.unique(labels)[:, None] == labels).astype(float)
    return np.log((own.T @ (own @ probabilities / len(labels)) * probabilities).sum(axis=1)).mean()


# %% wrong: logarithm of the mean
# message: logarithm is taken of the mean
def leep(probabilities, labels):
    own = (np.unique(labels)[:, None] == labels).astype(float)
    joint = own @ probabilities
    return np.log((own.T @ (joint / np.maximum(joint.sum(0), 1e-9)) * probabilities).sum(axis=1).mean())


# %% wrong: summed
# message: summed over the images
def leep(probabilities, labels):
    own = (np.unique(labels)[:, None] == labels).astype(float)
    joint = own @ probabilities
    return np.log((own.T @ (joint / np.maximum(joint.sum(0), 1e-9)) * probabilities).sum(axis=1)).sum()


# %% wrong: a loss
# message: sign is turned
def leep(probabilities, labels):
    own = (np.unique(labels)[:, None] == labels).astype(float)
    joint = own @ probabilities
    return -np.log((own.T @ (joint / np.maximum(joint.sum(0), 1e-9)) * probabilities).sum(axis=1)).mean()


# %% wrong: the most likely old class
# message: most likely old class only
def leep(probabilities, labels):
    guessed = np.asarray(probabilities).argmax(axis=1)
    chances = [np.mean(labels[guessed == old] == label) for old, label in zip(guessed, labels)]
    return np.mean(np.log(chances))


# %% wrong: labels as rows of the table
# message: IndexError|index
def leep(probabilities, labels):
    own = np.eye(max(labels) + 1)[labels]
    joint = own.T @ probabilities
    by_source = joint / np.maximum(joint.sum(axis=0), 1e-300)
    return np.log((by_source[: len(np.unique(labels))][labels] * probabilities).sum(axis=1)).mean()


# %% wrong: 0 is divided by 0
# message: 0 is divided by 0
def leep(probabilities, labels):
    own = (np.unique(labels)[:, None] == labels).astype(float)
    joint = own @ probabilities
    return np.log((own.T @ (joint / joint.sum(axis=0)) * probabilities).sum(axis=1)).mean()


# %% wrong: cross-entropy of old classes
# message: taken for positions of old classes|index
def leep(probabilities, labels):
    return np.log(np.asarray(probabilities)[np.arange(len(labels)), labels]).mean()


# %% wrong: the logarithm inside the sum
# message: should be -0\.538997
def leep(probabilities, labels):
    own = (np.unique(labels)[:, None] == labels).astype(float)
    joint = own @ probabilities
    logs = np.log(joint / np.maximum(joint.sum(0), 1e-9) + 1e-12)
    return (own.T @ logs * probabilities).sum(axis=1).mean()
