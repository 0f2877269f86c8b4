# %% right: ratios first
def estimated_shares(confusion, answers):
    joint = np.asarray(confusion) / np.sum(confusion)
    ratios = np.linalg.solve(joint.T, np.asarray(answers) / np.sum(answers))
    shares = np.maximum(ratios, 0) * joint.sum(axis=1)
    return list(shares / shares.sum())


# %% right: inverse
def estimated_shares(confusion, answers):
    rows = np.array([np.array(row) / sum(row) for row in confusion])
    shares = (np.asarray(answers) / np.asarray(answers).sum()) @ np.linalg.inv(rows)
    shares[shares < 0] = 0
    return shares / shares.sum()


# %% right: least squares, counts of answers as they are
def estimated_shares(confusion, answers):
    rows = confusion / confusion.sum(axis=1)[:, None]
    counts = np.linalg.lstsq(rows.T, answers, rcond=None)[0].clip(min=0)
    return counts / counts.sum()


# %% right: the course's function, its answers counted out
def estimated_shares(confusion, answers):
    size = len(confusion)
    shares = np.zeros(size)
    rows = np.asarray(confusion, float) / np.sum(confusion, axis=1, keepdims=True)
    told = np.asarray(answers) / np.sum(answers)
    shares = label_shift.black_box(rows, np.arange(size), told[None])
    return shares


# %% wrong: the answers themselves
# says: answers are taken for the truth
def estimated_shares(confusion, answers):
    return np.asarray(answers) / np.sum(answers)


# %% wrong: not transposed
# says: matrix is not transposed|should be
def estimated_shares(confusion, answers):
    rows = confusion / confusion.sum(axis=1, keepdims=True)
    shares = np.linalg.solve(rows, answers / answers.sum()).clip(0)
    return shares / shares.sum()


# %% wrong: the source's shares matter
# says: rows are not turned into shares
def estimated_shares(confusion, answers):
    shares = np.linalg.solve(confusion.T / confusion.sum(), answers / answers.sum()).clip(0)
    return shares / shares.sum()


# %% wrong: columns are turned into shares
# says: columns are turned into shares
def estimated_shares(confusion, answers):
    return confusion / confusion.sum(axis=0) @ (answers / answers.sum())


# %% wrong: negative shares
# says: negative shares stay
def estimated_shares(confusion, answers):
    return np.linalg.solve((confusion / confusion.sum(axis=1, keepdims=True)).T, answers / answers.sum())


# %% wrong: cut, and not divided again
# says: not divided by their sum
def estimated_shares(confusion, answers):
    return np.linalg.solve((confusion / confusion.sum(axis=1, keepdims=True)).T, answers / answers.sum()).clip(0)


# %% wrong: the source's shares
# says: should be
def estimated_shares(confusion, answers):
    return confusion.sum(axis=1) / confusion.sum()


# %% wrong: constant
# says: should be
def estimated_shares(confusion, answers):
    return [0.5, 0.5]
