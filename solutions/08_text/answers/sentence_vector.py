# %% right: a loop over the sentences
def sentence_vector(states, mask):
    rows = []
    for tokens, real in zip(np.asarray(states, dtype=float), np.asarray(mask, dtype=bool)):
        mean = tokens[real].mean(axis=0) if real.any() else np.zeros(tokens.shape[1])
        length = np.sqrt((mean**2).sum())
        rows.append(mean / length if length > 0 else mean)
    return np.array(rows)


# %% right: einsum
def sentence_vector(states, mask):
    total = np.einsum("ntw,nt->nw", np.asarray(states, "float64"), np.asarray(mask, "float64"))
    mean = total / np.maximum(np.sum(mask, axis=1), 1)[:, None]
    return mean / np.maximum(np.linalg.norm(mean, axis=1)[:, None], 1e-12)


# %% right: masked arrays
def sentence_vector(states, mask):
    states = np.asarray(states, float)
    hidden = np.broadcast_to(np.asarray(mask)[:, :, None] == 0, states.shape)
    mean = np.ma.array(states, mask=hidden).mean(axis=1).filled(0.0)
    norms = np.linalg.norm(mean, axis=1, keepdims=True)
    return np.divide(mean, norms, out=np.zeros_like(mean), where=norms > 0)


# %% right: plain Python
def sentence_vector(states, mask):
    result = []
    for tokens, flags in zip(states, mask):
        width = len(tokens[0])
        sums = [sum(float(token[k]) for token, flag in zip(tokens, flags) if flag) for k in range(width)]
        length = sum(x * x for x in sums) ** 0.5
        result.append([x / length if length else 0.0 for x in sums])
    return result


# %% right: nan_to_num
def sentence_vector(states, mask):
    with np.errstate(invalid="ignore"):
        sums = (np.where(np.asarray(mask, bool)[..., None], states, 0)).sum(axis=1).astype(float)
        return np.nan_to_num(sums / np.linalg.norm(sums, axis=-1, keepdims=True))


# %% wrong: padding counts
# message: padding counts, too
def sentence_vector(states, mask):
    mean = np.asarray(states, float).mean(axis=1)
    return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)


# %% wrong: not scaled
# message: not scaled to length 1
def sentence_vector(states, mask):
    mask = np.asarray(mask)
    return (states * mask[:, :, None]).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)[:, None]


# %% wrong: mean over all tokens
# message: mean over all tokens divides
def sentence_vector(states, mask):
    return (states * np.asarray(mask)[:, :, None]).mean(axis=1)


# %% wrong: the first token
# message: only the first token
def sentence_vector(states, mask):
    first = np.asarray(states, float)[:, 0]
    return first / np.linalg.norm(first, axis=1, keepdims=True)


# %% wrong: the last token
# message: only the last token
def sentence_vector(states, mask):
    last = np.asarray(states, float)[:, -1]
    return last / np.linalg.norm(last, axis=1, keepdims=True)


# %% wrong: the maximum
# message: maximum over the tokens
def sentence_vector(states, mask):
    low = np.where(np.asarray(mask)[:, :, None] == 1, states, -np.inf).max(axis=1).astype(float)
    low[~np.isfinite(low)] = 0
    return low / np.maximum(np.linalg.norm(low, axis=1, keepdims=True), 1e-12)


# %% wrong: the mask the other way round
# message: mask is read the other way round
def sentence_vector(states, mask):
    sums = (states * (1 - np.asarray(mask))[:, :, None]).sum(axis=1).astype(float)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)


# %% wrong: tokens scaled first
# message: each token is scaled to length 1 before
def sentence_vector(states, mask):
    states = np.asarray(states, float)
    states = states / np.maximum(np.linalg.norm(states, axis=2, keepdims=True), 1e-12)
    sums = (states * np.asarray(mask)[:, :, None]).sum(axis=1)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)


# %% wrong: one length for all
# message: scaled together
def sentence_vector(states, mask):
    mask = np.asarray(mask)
    mean = (states * mask[:, :, None]).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)[:, None]
    return mean / np.linalg.norm(mean)


# %% wrong: divides by 0
# message: divided by 0
def sentence_vector(states, mask):
    with np.errstate(invalid="ignore", divide="ignore"):
        sums = (states * np.asarray(mask)[:, :, None]).sum(axis=1)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)


# %% wrong: scaled to sum 1
# message: scaled to sum 1|sentence_vector
def sentence_vector(states, mask):
    sums = (states * np.asarray(mask)[:, :, None]).sum(axis=1)
    return sums / np.maximum(np.abs(sums).sum(axis=1, keepdims=True), 1e-12)


# %% wrong: a mean shorter than 1 keeps its length
# message: shorter than 1 keeps its length
def sentence_vector(states, mask):
    mask = np.asarray(mask)
    mean = (np.asarray(states, float) * mask[:, :, None]).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)[:, None]
    return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1)


# %% wrong: a sum shorter than 1 keeps its length
# message: sum shorter than 1 keeps its length
def sentence_vector(states, mask):
    sums = (np.asarray(states, float) * np.asarray(mask)[:, :, None]).sum(axis=1)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1)


# %% right: loop over sentences
def sentence_vector(states, mask):
    states, mask = np.asarray(states, dtype=float), np.asarray(mask)
    rows = []
    for sentence, real in zip(states, mask):
        kept = sentence[real == 1]
        mean = kept.mean(axis=0) if len(kept) else np.zeros(states.shape[2])
        length = np.linalg.norm(mean)
        rows.append(mean / length if length > 0 else mean)
    return np.array(rows).reshape(len(states), states.shape[2])


# %% right: einsum, another way
def sentence_vector(states, mask):
    total = np.einsum("ntw,nt->nw", np.asarray(states, float), np.asarray(mask, float))
    length = np.sqrt((total ** 2).sum(axis=1, keepdims=True))
    return np.divide(total, length, out=np.zeros_like(total), where=length > 0)


# %% right: Keras operations
def sentence_vector(states, mask):
    states = keras.ops.convert_to_tensor(states, dtype="float64")
    weights = keras.ops.cast(mask, "float64")[..., None]
    total = keras.ops.sum(states * weights, axis=1)
    length = keras.ops.sqrt(keras.ops.sum(total**2, axis=-1, keepdims=True))
    return keras.ops.convert_to_numpy(total / keras.ops.where(length > 0, length, 1.0))


# %% wrong: the first sum(mask) tokens, as if padding were at the end
# message: the first tokens are taken, as many as are real: padding nee
def sentence_vector(states, mask):
    states, mask = np.asarray(states, float), np.asarray(mask)
    out = np.zeros((len(states), states.shape[2]))
    for i in range(len(states)):
        count = int(mask[i].sum())
        if count:
            mean = states[i, :count].mean(axis=0)
            out[i] = mean / np.linalg.norm(mean)
    return out


# %% wrong: scaled by the largest entry, not by the Euclidean length
# message: the largest number of each vector becomes 1, and not its len
def sentence_vector(states, mask):
    states, mask = np.asarray(states, float), np.asarray(mask, float)
    total = (states * mask[:, :, None]).sum(axis=1)
    norm = np.abs(total).max(axis=1, keepdims=True)
    return total / np.where(norm > 0, norm, 1)
