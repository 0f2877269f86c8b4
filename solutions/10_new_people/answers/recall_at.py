# %% right: loops
def recall_at(similarities, k):
    hits = 0
    for place, row in enumerate(similarities):
        others = [value for other, value in enumerate(row) if other != place]
        hits += sum(value >= row[place] for value in others) < k
    return hits / len(similarities)


# %% right: sorted, with the own sentence last among equals
def recall_at(similarities, k):
    hits = []
    for place, row in enumerate(np.asarray(similarities)):
        order = sorted(range(len(row)), key=lambda column: (-row[column], column == place))
        hits.append(order.index(place) < k)
    return float(np.mean(hits))


# %% right: ranks of scipy
def recall_at(similarities, k):
    from scipy.stats import rankdata

    ranks = rankdata(-np.asarray(similarities, float), method="max", axis=1)
    return float((np.diag(ranks) <= k).mean())


# %% right: the own similarity against the k-th largest other one
def recall_at(similarities, k):
    hits = []
    for place, row in enumerate(np.asarray(similarities, float)):
        others = np.sort(np.delete(row, place))[::-1]
        hits.append(k > len(others) or others[k - 1] < row[place])
    return sum(hits) / len(hits)


# %% wrong: ties count for the image
# message: tie counts for the image
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return float(np.mean((similarities > own).sum(axis=1) < k))


# %% wrong: the smallest
# message: k smallest
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return float(np.mean((similarities <= own).sum(axis=1) <= k))


# %% wrong: one more
# message: k \+ 1
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return float(np.mean((similarities >= own).sum(axis=1) <= k + 1))


# %% wrong: one fewer
# message: k - 1
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return float(np.mean((similarities >= own).sum(axis=1) < k))


# %% wrong: without k
# message: k is left out
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return float(np.mean((similarities >= own).sum(axis=1) <= 1))


# %% wrong: a number of hits
# message: hits are counted
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return int(np.sum((similarities >= own).sum(axis=1) <= k))


# %% wrong: divided by the sentences
# message: number of sentences
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return np.sum((similarities >= own).sum(axis=1) <= k) / similarities.shape[1]


# %% wrong: divided by k
# message: divided by k
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return np.mean((similarities >= own).sum(axis=1) <= k) / k


# %% wrong: images for a sentence
# message: rows are the images|should be
def recall_at(similarities, k):
    square = similarities[:, : len(similarities)].T
    own = np.diag(square)[:, None]
    return float(np.mean((square >= own).sum(axis=1) <= k))


# %% wrong: without the other sentences
# message: only sentences that belong to an image
def recall_at(similarities, k):
    square = similarities[:, : len(similarities)]
    return float(np.mean((square >= np.diag(square)[:, None]).sum(axis=1) <= k))


# %% wrong: misses
# message: misses are counted
def recall_at(similarities, k):
    own = np.diag(similarities)[:, None]
    return float(np.mean((similarities >= own).sum(axis=1) > k))


# %% wrong: sorted backwards
# message: further left
def recall_at(similarities, k):
    order = np.argsort(similarities, axis=1, kind="stable")[:, ::-1][:, :k]
    return float(np.mean([place in row for place, row in enumerate(order)]))


# %% wrong: sorted, with the first sentence first among equals
# message: further right
def recall_at(similarities, k):
    order = np.argsort(-np.asarray(similarities), axis=1, kind="stable")[:, :k]
    return float(np.mean([place in row for place, row in enumerate(order)]))


# %% wrong: the diagonal is overwritten
# message: changes its argument
def recall_at(similarities, k):
    own = np.diag(similarities).copy()[:, None]
    np.fill_diagonal(similarities, -np.inf)
    return float(np.mean((similarities >= own).sum(axis=1) < k))


# %% right: count of others
def recall_at(similarities, k):
    table = np.asarray(similarities)
    own = np.diagonal(table)[:, None]
    return float(np.mean((table >= own).sum(axis=1) - 1 < k))


# %% right: loops, another way
def recall_at(similarities, k):
    recalled = 0
    for i, row in enumerate(similarities):
        recalled += sum(1 for j, s in enumerate(row) if j != i and s >= row[i]) < k
    return recalled / len(similarities)


# %% right: Keras operations
def recall_at(similarities, k):
    table = keras.ops.convert_to_tensor(np.asarray(similarities, "float64"))
    own = keras.ops.expand_dims(keras.ops.diagonal(table), 1)
    rank = keras.ops.sum(keras.ops.cast(table >= own, "int32"), axis=1)
    return float(keras.ops.mean(keras.ops.cast(rank <= k, "float64")))


# %% wrong: nearly equal counts as a tie
# message: similarities are rounded to two digits before they are compa
def recall_at(similarities, k):
    table = np.asarray(similarities, float)
    own = np.diagonal(table)[:, None]
    return float(np.mean((table >= own - 1e-2).sum(axis=1) - 1 < k))
