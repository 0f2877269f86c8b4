# %% right: loops and lists
def attention_mask(length, objective, order):
    rows = []
    for i in range(length):
        if objective == "masked":
            seen = range(length)
        elif objective == "causal":
            seen = range(i + 1)
        elif objective == "permutation":
            seen = order[: order.index(i)]
        else:
            seen = [j for j in range(length) if j not in order]
            if i in order:
                seen = seen + order[: order.index(i) + 1]
        rows.append([int(j in seen) for j in range(length)])
    return rows


# %% right: truth values
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), dtype=bool)
    if objective == "causal":
        return np.tri(length, dtype=bool)
    turn = np.full(length, -1)
    for k, position in enumerate(order):
        turn[position] = k
    before = turn[None, :] < turn[:, None]
    return before if objective == "permutation" else before | (turn[None, :] == turn[:, None])


# %% right: filled step by step
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length))
    if objective == "causal":
        order, objective = list(range(length)), "prefix"
    mask = np.zeros((length, length))
    visible = [place for place in range(length) if place not in order]
    for place in visible:
        mask[place, visible] = 1
    for place in order:
        if objective == "prefix":
            visible.append(place)
        mask[place, visible] = 1
        if objective == "permutation":
            visible.append(place)
    return mask


# %% right: a triangle that is moved to its places
def attention_mask(length, objective, order):
    if objective == "causal":
        return np.tril(np.ones((length, length), int))
    mask = np.ones((length, length), int)
    if objective in ("prefix", "permutation"):
        rest = [place for place in range(length) if place not in order]
        mask[np.ix_(rest, order)] = 0
        mask[np.ix_(order, order)] = np.tri(len(order), k=0 if objective == "prefix" else -1, dtype=int)
    return mask


# %% wrong: transposed
# message: rows and columns are exchanged
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), int)
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    if objective == "causal":
        turn = np.arange(length)
    sees = turn[:, None] < turn[None, :]
    return sees if objective == "permutation" else sees | (turn[:, None] == turn[None, :])


# %% wrong: sees what it should predict
# message: sees itself, and could copy
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), int)
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    if objective == "causal":
        turn = np.arange(length)
    return turn[:, None] >= turn[None, :]


# %% wrong: the order is taken for turns
# message: taken for the turn of position
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), int)
    if objective == "causal":
        return np.tri(length)
    if objective == "permutation":
        return np.array(order)[:, None] > np.array(order)[None, :]
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    return turn[:, None] >= turn[None, :]


# %% wrong: from left to right in spite of the order
# message: order is ignored, and positions are predicted
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), int)
    if objective == "causal":
        return np.tri(length)
    if objective == "permutation":
        return np.tri(length, k=-1)
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    return turn[:, None] >= turn[None, :]


# %% wrong: causal without itself
# message: causal positions do not see themselves
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), int)
    if objective == "causal":
        return np.tri(length, k=-1)
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    sees = turn[:, None] > turn[None, :]
    return sees if objective == "permutation" else sees | (turn[:, None] == turn[None, :])


# %% wrong: the future
# message: causal positions see later ones
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), int)
    if objective == "causal":
        return np.triu(np.ones((length, length)))
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    sees = turn[:, None] > turn[None, :]
    return sees if objective == "permutation" else sees | (turn[:, None] == turn[None, :])


# %% wrong: the input from left to right
# message: input is read from left to right
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), int)
    if objective == "causal":
        return np.tri(length)
    mask = np.zeros((length, length), int)
    inputs = [place for place in range(length) if place not in order]
    for place in inputs:
        mask[place, [other for other in inputs if other <= place]] = 1
    for k, place in enumerate(order):
        mask[place, order[:k]] = 1
        if objective == "prefix":
            mask[place, [*inputs, place]] = 1
    return mask


# %% wrong: the input sees the output
# message: the input sees the output
def attention_mask(length, objective, order):
    mask = np.ones((length, length), int)
    if objective == "causal":
        return np.tri(length)
    if objective != "masked":
        for k, place in enumerate(order):
            mask[place, order[k + (objective == "prefix") :]] = 0
    return mask


# %% wrong: the output sees itself as a whole
# message: output position sees the whole output
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), int)
    if objective == "causal":
        return np.tri(length)
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    if objective == "permutation":
        return turn[:, None] > turn[None, :]
    return (turn[:, None] >= 0) | (turn[None, :] < 0)


# %% wrong: masked positions are hidden
# message: masked positions are hidden
def attention_mask(length, objective, order):
    if objective == "masked":
        mask = np.ones((length, length), int)
        mask[:, order] = 0
        return mask
    if objective == "causal":
        return np.tri(length)
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    sees = turn[:, None] > turn[None, :]
    return sees if objective == "permutation" else sees | (turn[:, None] == turn[None, :])


# %% wrong: the numbers of attention, not 0 and 1
# message: holds 0 and 1
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.zeros((length, length))
    turn = np.full(length, -1)
    turn[order] = np.arange(len(order))
    if objective == "causal":
        turn = np.arange(length)
    sees = turn[:, None] > turn[None, :]
    sees = sees if objective == "permutation" else sees | (turn[:, None] == turn[None, :])
    return np.where(sees, 0.0, -np.inf)


# %% wrong: one row
# message: has shape \(3, 3\)
def attention_mask(length, objective, order):
    return np.ones(length)


# %% right: turns
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), bool)
    if objective == "causal":
        return np.tril(np.ones((length, length), int))
    turn = np.full(length, -1)
    turn[np.asarray(order, int)] = np.arange(len(order))
    if objective == "prefix":
        return turn[None] <= turn[:, None]
    return turn[None] < turn[:, None]


# %% right: loops over pairs
def attention_mask(length, objective, order):
    mask = np.zeros((length, length), dtype=int)
    turn = {position: k for k, position in enumerate(order)}
    for i in range(length):
        for j in range(length):
            if objective == "masked":
                sees = True
            elif objective == "causal":
                sees = j <= i
            elif objective == "permutation":
                sees = turn[j] < turn[i]
            elif j not in turn:
                sees = True
            else:
                sees = i in turn and turn[j] <= turn[i]
            mask[i, j] = sees
    return mask


# %% right: sets seen so far
def attention_mask(length, objective, order):
    order = list(order)
    everything = list(range(length))
    if objective == "masked":
        rows = [everything] * length
    elif objective == "causal":
        rows = [everything[: i + 1] for i in everything]
    elif objective == "prefix":
        inputs = [i for i in everything if i not in order]
        rows = [inputs if i in inputs else inputs + order[: order.index(i) + 1] for i in everything]
    else:
        rows = [order[: order.index(i)] for i in everything]
    return np.array([[float(j in row) for j in everything] for row in rows])


# %% wrong: the prefix is the first length - len(order) positions
# message: the output is always taken to be the last positions
def attention_mask(length, objective, order):
    if objective == "masked":
        return np.ones((length, length), bool)
    if objective == "causal":
        return np.tril(np.ones((length, length), bool))
    if objective == "prefix":
        mask = np.tril(np.ones((length, length), bool))
        mask[:, : length - len(order)] = True
        return mask
    turn = np.full(length, -1)
    turn[np.asarray(order, int)] = np.arange(len(order))
    return turn[None] < turn[:, None]
