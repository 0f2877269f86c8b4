# %% right: ratios first
def estimated_shares(confusion, predictions):
    joint = np.asarray(confusion) / np.sum(confusion)
    ratios = np.linalg.solve(joint.T, np.asarray(predictions) / np.sum(predictions))
    shares = np.maximum(ratios, 0) * joint.sum(axis=1)
    return list(shares / shares.sum())


# %% right: inverse
def estimated_shares(confusion, predictions):
    rows = np.array([np.array(row) / sum(row) for row in confusion])
    shares = (np.asarray(predictions) / np.asarray(predictions).sum()) @ np.linalg.inv(rows)
    shares[shares < 0] = 0
    return shares / shares.sum()


# %% right: least squares, counts of answers as they are
def estimated_shares(confusion, predictions):
    rows = confusion / confusion.sum(axis=1)[:, None]
    counts = np.linalg.lstsq(rows.T, predictions, rcond=None)[0].clip(min=0)
    return counts / counts.sum()


# %% right: the course's function, its answers counted out
def estimated_shares(confusion, predictions):
    size = len(confusion)
    shares = np.zeros(size)
    rows = np.asarray(confusion, float) / np.sum(confusion, axis=1, keepdims=True)
    predicted = np.asarray(predictions) / np.sum(predictions)
    shares = label_shift.shares_by_bbse(rows, np.arange(size), predicted[None])
    return shares


# %% wrong: the answers themselves
# message: predictions are taken for the truth
def estimated_shares(confusion, predictions):
    return np.asarray(predictions) / np.sum(predictions)


# %% wrong: not transposed
# message: matrix is not transposed
def estimated_shares(confusion, predictions):
    rows = confusion / confusion.sum(axis=1, keepdims=True)
    shares = np.linalg.solve(rows, predictions / predictions.sum()).clip(0)
    return shares / shares.sum()


# %% wrong: the source's shares matter
# message: rows are not turned into shares
def estimated_shares(confusion, predictions):
    shares = np.linalg.solve(confusion.T / confusion.sum(), predictions / predictions.sum()).clip(0)
    return shares / shares.sum()


# %% wrong: columns are turned into shares
# message: columns are turned into shares
def estimated_shares(confusion, predictions):
    return confusion / confusion.sum(axis=0) @ (predictions / predictions.sum())


# %% wrong: negative shares
# message: negative shares stay
def estimated_shares(confusion, predictions):
    return np.linalg.solve((confusion / confusion.sum(axis=1, keepdims=True)).T, predictions / predictions.sum())


# %% wrong: cut, and not divided again
# message: not divided by their sum
def estimated_shares(confusion, predictions):
    return np.linalg.solve((confusion / confusion.sum(axis=1, keepdims=True)).T, predictions / predictions.sum()).clip(0)


# %% wrong: the source's shares
# message: source's shares are returned
def estimated_shares(confusion, predictions):
    return confusion.sum(axis=1) / confusion.sum()


# %% wrong: constant
# message: should be
def estimated_shares(confusion, predictions):
    return [0.5, 0.5]


# %% wrong: shares are moved up, not cut
# message: all shares are raised
def estimated_shares(confusion, predictions):
    shares = np.linalg.solve((confusion / confusion.sum(axis=1, keepdims=True)).T, predictions / predictions.sum())
    shares = shares - min(0, shares.min())
    return shares / shares.sum()


# %% wrong: absolute values
# message: absolute values
def estimated_shares(confusion, predictions):
    rows = confusion / confusion.sum(axis=1, keepdims=True)
    shares = np.abs(np.linalg.solve(rows.T, predictions))
    return shares / shares.sum()
