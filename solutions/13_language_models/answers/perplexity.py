# %% right: loops
def perplexity(logits, ids):
    surprises = []
    for scores, row in zip(logits, ids):
        for t in range(len(row) - 1):
            if row[t + 1] != 0:
                shifted = scores[t] - np.max(scores[t])
                surprises.append(np.log(np.exp(shifted).sum()) - shifted[row[t + 1]])
    return np.exp(np.mean(surprises))


# %% right: Keras
def perplexity(logits, ids):
    losses = keras.losses.sparse_categorical_crossentropy(
        ids[:, 1:], logits[:, :-1].astype("float64"), from_logits=True
    )
    losses = keras.ops.convert_to_numpy(losses)
    return float(np.exp(losses[ids[:, 1:] != 0].mean()))


# %% right: logaddexp
def perplexity(logits, ids):
    targets = ids[:, 1:]
    logs = logits[:, :-1] - np.logaddexp.reduce(logits[:, :-1].astype(float), axis=-1, keepdims=True)
    rows, places = np.nonzero(targets)
    return np.exp(-np.mean(logs[rows, places, targets[rows, places]]))


# %% wrong: a probability that is rounded to 0
# message: overflows, or 0 is divided
def perplexity(logits, ids):
    targets, weights = ids[:, 1:], (ids[:, 1:] > 0).astype(float)
    top = logits[:, :-1] - logits[:, :-1].max(axis=2, keepdims=True)
    p = np.exp(top) / np.exp(top).sum(axis=2, keepdims=True)
    chosen = (p * np.eye(logits.shape[2])[targets]).sum(axis=2)
    return float(np.prod(chosen**weights) ** (-1 / weights.sum()))


# %% wrong: not shifted
# message: compared with its own token
def perplexity(logits, ids):
    logs = logits - np.logaddexp.reduce(logits.astype(float), axis=-1, keepdims=True)
    chosen = np.take_along_axis(logs, ids[..., None], axis=-1)[..., 0]
    return float(np.exp(-chosen[ids != 0].mean()))


# %% wrong: shifted the other way
# message: compared with the token before it
def perplexity(logits, ids):
    logs = logits[:, 1:] - np.logaddexp.reduce(logits[:, 1:].astype(float), axis=-1, keepdims=True)
    chosen = np.take_along_axis(logs, ids[:, :-1, None], axis=-1)[..., 0]
    return float(np.exp(-chosen[ids[:, :-1] != 0].mean()))


# %% wrong: padding is predicted
# message: padding counts as a target
def perplexity(logits, ids):
    logs = logits[:, :-1] - np.logaddexp.reduce(logits[:, :-1].astype(float), axis=-1, keepdims=True)
    return float(np.exp(-np.take_along_axis(logs, ids[:, 1:, None], axis=-1).mean()))


# %% wrong: a mean for each row
# message: in each row first
def perplexity(logits, ids):
    logs = logits[:, :-1] - np.logaddexp.reduce(logits[:, :-1].astype(float), axis=-1, keepdims=True)
    chosen = np.take_along_axis(logs, ids[:, 1:, None], axis=-1)[..., 0]
    return float(np.exp(-np.mean([row[real].mean() for row, real in zip(chosen, ids[:, 1:] != 0) if real.any()])))


# %% wrong: the loss
# message: the exponential is missing
def perplexity(logits, ids):
    logs = logits[:, :-1] - np.logaddexp.reduce(logits[:, :-1].astype(float), axis=-1, keepdims=True)
    chosen = np.take_along_axis(logs, ids[:, 1:, None], axis=-1)[..., 0]
    return float(-chosen[ids[:, 1:] != 0].mean())


# %% wrong: base 2
# message: 2 is raised to a loss in nats
def perplexity(logits, ids):
    logs = logits[:, :-1] - np.logaddexp.reduce(logits[:, :-1].astype(float), axis=-1, keepdims=True)
    chosen = np.take_along_axis(logs, ids[:, 1:, None], axis=-1)[..., 0]
    return float(2 ** -chosen[ids[:, 1:] != 0].mean())


# %% wrong: no minus
# message: the minus is missing
def perplexity(logits, ids):
    logs = logits[:, :-1] - np.logaddexp.reduce(logits[:, :-1].astype(float), axis=-1, keepdims=True)
    chosen = np.take_along_axis(logs, ids[:, 1:, None], axis=-1)[..., 0]
    return float(np.exp(chosen[ids[:, 1:] != 0].mean()))


# %% wrong: a sum in place of the mean
# message: summed and not averaged
def perplexity(logits, ids):
    logs = logits[:, :-1] - np.logaddexp.reduce(logits[:, :-1].astype(float), axis=-1, keepdims=True)
    chosen = np.take_along_axis(logs, ids[:, 1:, None], axis=-1)[..., 0]
    return float(np.exp(-chosen[ids[:, 1:] != 0].sum()))


# %% wrong: large logits overflow
# message: large logits overflow|nan|overflow
def perplexity(logits, ids):
    p = np.exp(logits[:, :-1].astype(float))
    p = p / p.sum(axis=-1, keepdims=True)
    chosen = np.take_along_axis(p, ids[:, 1:, None], axis=-1)[..., 0]
    return float(np.exp(-np.log(chosen[ids[:, 1:] != 0]).mean()))


# %% wrong: a small number before the logarithm
# message: a small number hides
def perplexity(logits, ids):
    top = logits[:, :-1] - logits[:, :-1].max(axis=2, keepdims=True)
    p = np.exp(top) / np.exp(top).sum(axis=2, keepdims=True)
    chosen = np.take_along_axis(p, ids[:, 1:, None], axis=-1)[..., 0]
    return float(np.exp(-np.log(chosen[ids[:, 1:] != 0] + 1e-9).mean()))


# %% wrong: cut off before the logarithm
# message: are cut off
def perplexity(logits, ids):
    top = logits[:, :-1] - logits[:, :-1].max(axis=2, keepdims=True)
    p = np.exp(top) / np.exp(top).sum(axis=2, keepdims=True)
    chosen = np.take_along_axis(p, ids[:, 1:, None], axis=-1)[..., 0]
    return float(np.exp(-np.log(np.clip(chosen, 1e-12, 1)[ids[:, 1:] != 0]).mean()))


# %% right: one-hot and a weighted mean of logarithms
def perplexity(logits, ids):
    targets, weights = ids[:, 1:], (ids[:, 1:] > 0).astype(float)
    top = logits[:, :-1] - logits[:, :-1].max(axis=2, keepdims=True)
    logs = top - np.log(np.exp(top).sum(axis=2, keepdims=True))
    chosen = (logs * np.eye(logits.shape[2])[targets]).sum(axis=2)
    return float(np.exp(-(chosen * weights).sum() / weights.sum()))


# %% right: shifted logits
def perplexity(logits, ids):
    logits, ids = np.asarray(logits, float)[:, :-1], np.asarray(ids)[:, 1:]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    own = np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    return float(np.exp(-own[ids != 0].mean()))


# %% right: scipy
def perplexity(logits, ids):
    from scipy.special import log_softmax

    total, count = 0.0, 0
    for row, tokens in zip(np.asarray(logits, float), np.asarray(ids)):
        log_p = log_softmax(row, axis=-1)
        for place in range(len(tokens) - 1):
            if tokens[place + 1] != 0:
                total -= log_p[place, tokens[place + 1]]
                count += 1
    return np.exp(total / count)


# %% right: Keras cross-entropy with weights
def perplexity(logits, ids):
    targets = np.asarray(ids)[:, 1:]
    losses = keras.losses.sparse_categorical_crossentropy(targets, np.asarray(logits, "float64")[:, :-1], from_logits=True)
    losses = np.asarray(losses)
    weights = (targets > 0).astype(float)
    return float(np.exp((losses * weights).sum() / weights.sum()))


# %% wrong: padding adds 0 but is counted
# message: padding is left out of the sum, but counts in the number of
def perplexity(logits, ids):
    logits, ids = np.asarray(logits, float)[:, :-1], np.asarray(ids)[:, 1:]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    own = np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    return float(np.exp(-(own * (ids != 0)).mean()))


# %% wrong: the position is dropped where the token before is padding, not the target
# message: a target is left out where the token before it is padding, a
def perplexity(logits, ids):
    logits, before, ids = np.asarray(logits, float)[:, :-1], np.asarray(ids)[:, :-1], np.asarray(ids)[:, 1:]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    own = np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    return float(np.exp(-own[before != 0].mean()))


# %% wrong: a row stops at the first padding, also if tokens follow
# message: what follows the first padding of a row is left out, tokens,
def perplexity(logits, ids):
    logits, ids = np.asarray(logits, float), np.asarray(ids)
    losses = []
    for row, tokens in zip(logits, ids):
        for t in range(len(tokens) - 1):
            if tokens[t + 1] == 0:
                break
            x = row[t] - row[t].max()
            losses.append(np.log(np.exp(x).sum()) - x[tokens[t + 1]])
    return float(np.exp(np.mean(losses)))


# %% wrong: the padding token is left out of the softmax
# message: padding is left out of the softmax
def perplexity(logits, ids):
    logits, ids = np.array(logits, float)[:, :-1], np.asarray(ids)[:, 1:]
    logits[..., 0] = -1e9
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    own = np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    return float(np.exp(-own[ids != 0].mean()))
