# %% right: bincount
def mean_iou(predicted, true, classes):
    p, t = np.ravel(predicted), np.ravel(true)
    table = np.bincount(t * classes + p, minlength=classes**2).reshape(classes, classes)
    union = table.sum(0) + table.sum(1) - np.diag(table)
    seen = union > 0
    return (np.diag(table)[seen] / union[seen]).mean()


# %% right: sets of positions
def mean_iou(predicted, true, classes):
    def places(array, label):
        return set(np.flatnonzero(np.ravel(array) == label).tolist())

    scores = []
    for label in range(classes):
        ours, theirs = places(predicted, label), places(true, label)
        if ours or theirs:
            scores.append(len(ours & theirs) / len(ours | theirs))
    return sum(scores) / len(scores)


# %% right: nanmean
def mean_iou(predicted, true, classes):
    hot_p = np.asarray(predicted).reshape(-1, 1) == np.arange(classes)
    hot_t = np.asarray(true).reshape(-1, 1) == np.arange(classes)
    both, either = (hot_p & hot_t).sum(axis=0), (hot_p | hot_t).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.nanmean(both / either))


# %% right: sklearn
def mean_iou(predicted, true, classes):
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(np.ravel(true), np.ravel(predicted), labels=range(classes))
    scores = []
    for label in range(classes):
        union = table[label].sum() + table[:, label].sum() - table[label, label]
        if union > 0:
            scores.append(table[label, label] / union)
    return np.mean(scores)


# %% wrong: absent classes count as 0
# message: occurs nowhere counts as 0
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in range(classes):
        union = ((predicted == label) | (true == label)).sum()
        both = ((predicted == label) & (true == label)).sum()
        scores.append(both / union if union else 0)
    return float(np.mean(scores))


# %% wrong: absent classes count as 1
# message: occurs nowhere counts as 1
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in range(classes):
        union = ((predicted == label) | (true == label)).sum()
        both = ((predicted == label) & (true == label)).sum()
        scores.append(both / union if union else 1)
    return float(np.mean(scores))


# %% wrong: only true classes
# message: predicted but not true is left out
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in np.unique(true):
        union = ((predicted == label) | (true == label)).sum()
        scores.append(((predicted == label) & (true == label)).sum() / union)
    return float(np.mean(scores))


# %% wrong: only predicted classes
# message: true but not predicted is left out
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in np.unique(predicted):
        union = ((predicted == label) | (true == label)).sum()
        scores.append(((predicted == label) & (true == label)).sum() / union)
    return float(np.mean(scores))


# %% wrong: classes of both
# message: without a correct pixel is left out
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in range(classes):
        both = ((predicted == label) & (true == label)).sum()
        if both:
            scores.append(both / ((predicted == label) | (true == label)).sum())
    return float(np.mean(scores))


# %% wrong: without the background
# message: class 0 is left out
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in range(1, classes):
        union = ((predicted == label) | (true == label)).sum()
        if union:
            scores.append(((predicted == label) & (true == label)).sum() / union)
    return float(np.mean(scores))


# %% wrong: accuracy
# message: share of correct pixels
def mean_iou(predicted, true, classes):
    return float((np.asarray(predicted) == np.asarray(true)).mean())


# %% wrong: Dice
# message: Dice
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in range(classes):
        ours, theirs = predicted == label, true == label
        if ours.any() or theirs.any():
            scores.append(2 * (ours & theirs).sum() / (ours.sum() + theirs.sum()))
    return float(np.mean(scores))


# %% wrong: recall
# message: divided by the true pixels
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in range(classes):
        ours, theirs = predicted == label, true == label
        if ours.any() or theirs.any():
            scores.append((ours & theirs).sum() / max(1, theirs.sum()))
    return float(np.mean(scores))


# %% wrong: image by image
# message: image by image
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    if predicted.ndim > 2:
        return float(np.mean([mean_iou(p, t, classes) for p, t in zip(predicted, true)]))
    scores = []
    for label in range(classes):
        union = ((predicted == label) | (true == label)).sum()
        if union:
            scores.append(((predicted == label) & (true == label)).sum() / union)
    return float(np.mean(scores))


# %% wrong: all at once
# message: all intersections together
def mean_iou(predicted, true, classes):
    both = (np.asarray(predicted) == np.asarray(true)).sum()
    return float(both / (2 * np.size(true) - both))


# %% right: loop over classes
def mean_iou(predicted, true, classes):
    predicted, true = np.asarray(predicted), np.asarray(true)
    values = []
    for c in range(classes):
        union = ((predicted == c) | (true == c)).sum()
        if union:
            values.append(((predicted == c) & (true == c)).sum() / union)
    return sum(values) / len(values)


# %% right: confusion matrix
def mean_iou(predicted, true, classes):
    p, t = np.ravel(predicted).astype(int), np.ravel(true).astype(int)
    table = np.bincount(t * classes + p, minlength=classes**2).reshape(classes, classes)
    union = table.sum(0) + table.sum(1) - np.diag(table)
    seen = union > 0
    return float((np.diag(table)[seen] / union[seen]).mean())


# %% right: nanmean of one-hot
def mean_iou(predicted, true, classes):
    p = np.eye(classes, dtype=bool)[np.asarray(predicted, int).ravel()]
    t = np.eye(classes, dtype=bool)[np.asarray(true, int).ravel()]
    with np.errstate(invalid="ignore"):
        return np.nanmean((p & t).sum(0) / (p | t).sum(0))
