# %% right: a loop
def prototypes(features, labels):
    rows = []
    for label in sorted(set(np.asarray(labels).tolist())):
        rows.append(np.mean([row for row, own in zip(features, labels) if own == label], axis=0))
    return np.array(rows)


# %% right: a product with a table of ones and zeros
def prototypes(features, labels):
    ones = (np.unique(labels)[:, None] == np.asarray(labels)[None]).astype(float)
    return ones @ features / ones.sum(axis=1, keepdims=True)


# %% right: add.at
def prototypes(features, labels):
    names, place = np.unique(labels, return_inverse=True)
    sums = np.zeros((len(names), features.shape[1]))
    np.add.at(sums, place, features)
    return sums / np.bincount(place)[:, None]


# %% right: lists
def prototypes(features, labels):
    groups = {}
    for row, label in zip(features.tolist(), labels.tolist()):
        groups.setdefault(label, []).append(row)
    return [[sum(column) / len(column) for column in zip(*groups[label])] for label in sorted(groups)]


# %% wrong: sums
# message: summed, and not averaged
def prototypes(features, labels):
    return np.stack([features[labels == label].sum(axis=0) for label in np.unique(labels)])


# %% wrong: order of the first image
# message: order of their first image
def prototypes(features, labels):
    return np.stack([features[labels == label].mean(axis=0) for label in dict.fromkeys(labels.tolist())])


# %% wrong: largest first
# message: largest label comes first
def prototypes(features, labels):
    return np.stack([features[labels == label].mean(axis=0) for label in np.unique(labels)[::-1]])


# %% wrong: rows for all numbers
# message: labels that do not occur
def prototypes(features, labels):
    result = np.zeros((labels.max() + 1, features.shape[1]))
    for label in np.unique(labels):
        result[label] = features[labels == label].mean(axis=0)
    return result


# %% wrong: the first image
# message: only the first image
def prototypes(features, labels):
    return features[np.unique(labels, return_index=True)[1]]


# %% wrong: the last image
# message: only the last image
def prototypes(features, labels):
    last = {label: row for row, label in zip(features, labels.tolist())}
    return np.stack([last[label] for label in sorted(last)])


# %% wrong: the median
# message: median
def prototypes(features, labels):
    return np.stack([np.median(features[labels == label], axis=0) for label in np.unique(labels)])


# %% wrong: divided by all images
# message: number of all images
def prototypes(features, labels):
    return np.stack([features[labels == label].sum(axis=0) / len(labels) for label in np.unique(labels)])


# %% wrong: the classes have the same size
# message: mean size of a class
def prototypes(features, labels):
    names = np.unique(labels)
    return np.stack([features[labels == label].sum(axis=0) for label in names]) / (len(labels) / len(names))


# %% wrong: length 1
# message: scaled to length 1
def prototypes(features, labels):
    rows = np.stack([features[labels == label].mean(axis=0) for label in np.unique(labels)])
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


# %% wrong: the dtype of the features
# message: rounded to whole numbers
def prototypes(features, labels):
    names = np.unique(labels)
    result = np.zeros((len(names), features.shape[1]), dtype=int)
    for row, label in enumerate(names):
        result[row] = features[labels == label].mean(axis=0)
    return result


# %% wrong: the wrong axis
# message: prototypes\(.*should
def prototypes(features, labels):
    return features.mean(axis=1)


# %% wrong: labels from 0
# message: 0 is divided by 0
def prototypes(features, labels):
    rows = []
    for label in range(len(np.unique(labels))):
        chosen = features[labels == label]
        rows.append(chosen.mean(axis=0) if len(chosen) else np.full(features.shape[1], np.nan))
    return np.array(rows)


# %% right: pandas
def prototypes(features, labels):
    import pandas as pd

    return pd.DataFrame(np.asarray(features, float)).groupby(np.asarray(labels)).mean().to_numpy()


# %% right: one-hot matrix
def prototypes(features, labels):
    kinds = np.unique(labels)
    member = (kinds[:, None] == np.asarray(labels)[None]).astype(float)
    return member @ np.asarray(features, float) / member.sum(axis=1, keepdims=True)


# %% right: loop
def prototypes(features, labels):
    return np.array([np.mean([f for f, l in zip(features, labels) if l == c], axis=0) for c in sorted(set(np.asarray(labels).tolist()))])


# %% wrong: reshape, classes of equal size in sorted order
# message: the rows are sorted by label and cut into parts of equal siz
def prototypes(features, labels):
    features, labels = np.asarray(features, float), np.asarray(labels)
    kinds = np.unique(labels)
    order = np.argsort(labels, kind="stable")
    parts = np.array_split(features[order], len(kinds))
    return np.array([part.mean(axis=0) for part in parts])


# %% wrong: sorted as text
# message: the labels are sorted as texts, so that 13 comes before 4
def prototypes(features, labels):
    features, labels = np.asarray(features, float), np.asarray(labels)
    kinds = sorted({str(l) for l in labels.tolist()})
    return np.array([features[labels == int(c)].mean(axis=0) for c in kinds])


# %% wrong: whole numbers stay whole, the result has the dtype of the features
# message: the means are cut to whole numbers, because the features are
def prototypes(features, labels):
    features, labels = np.asarray(features), np.asarray(labels)
    kinds = np.unique(labels)
    out = np.zeros((len(kinds), features.shape[1]), dtype=features.dtype)
    for row, c in enumerate(kinds):
        out[row] = features[labels == c].mean(axis=0)
    return out
