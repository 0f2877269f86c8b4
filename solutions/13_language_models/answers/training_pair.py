# %% right: while loop over runs
def training_pair(ids, objective, positions):
    ids = list(ids)
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective == "span":
        inputs, targets, count, place = [], [], 0, 0
        while place < len(ids):
            if place in positions:
                inputs.append(SENTINELS[count])
                targets.append(SENTINELS[count])
                count += 1
                while place in positions and place < len(ids):
                    targets.append(ids[place])
                    place += 1
            else:
                inputs.append(ids[place])
                place += 1
        targets.append(SENTINELS[count])
        return inputs, targets
    targets = [IGNORED] * len(ids)
    inputs = ids.copy()
    for place in positions:
        targets[place] = ids[place]
        if objective == "masked":
            inputs[place] = MASK
    return inputs, targets


# %% right: numpy
def training_pair(ids, objective, positions):
    row = np.array(ids)
    hidden = np.isin(np.arange(len(row)), positions)
    if objective == "causal":
        return row[:-1], row[1:]
    if objective in ("masked", "permutation"):
        inputs = np.where(hidden & (objective == "masked"), MASK, row)
        return inputs, np.where(hidden, row, IGNORED)
    begins = hidden & ~np.concatenate([[False], hidden[:-1]])
    number = np.cumsum(begins) - 1
    inputs, targets = [], []
    for place in range(len(row)):
        if begins[place]:
            inputs.append(SENTINELS[number[place]])
            targets.append(SENTINELS[number[place]])
        (targets if hidden[place] else inputs).append(int(row[place]))
    return inputs, targets + [SENTINELS[begins.sum()]]


# %% right: runs first, then pieces
def training_pair(ids, objective, positions):
    if objective == "causal":
        return [*ids][:-1], [*ids][1:]
    if objective == "masked" or objective == "permutation":
        hide = {place: MASK for place in positions} if objective == "masked" else {}
        return [hide.get(i, t) for i, t in enumerate(ids)], [
            t if i in positions else IGNORED for i, t in enumerate(ids)
        ]
    runs = []
    for place in positions:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    inputs, targets, end = [], [], 0
    for sentinel, run in zip(SENTINELS, runs):
        inputs += [*ids[end : run[0]], sentinel]
        targets += [sentinel, *ids[run[0] : run[-1] + 1]]
        end = run[-1] + 1
    return inputs + list(ids[end:]), targets + [SENTINELS[len(runs)]]


# %% right: tuples, with groupby
def training_pair(ids, objective, positions):
    from itertools import groupby

    if objective == "causal":
        return tuple(ids[:-1]), tuple(ids[1:])
    if objective == "span":
        inputs, targets, free = (), (), list(SENTINELS)
        for hidden, group in groupby(enumerate(ids), key=lambda item: item[0] in positions):
            tokens = tuple(token for _, token in group)
            if hidden:
                sentinel = free.pop(0)
                inputs, targets = (*inputs, sentinel), (*targets, sentinel, *tokens)
            else:
                inputs = inputs + tokens
        return inputs, (*targets, free[0])
    targets = tuple(token if place in positions else IGNORED for place, token in enumerate(ids))
    if objective == "permutation":
        return tuple(ids), targets
    return tuple(MASK if place in positions else token for place, token in enumerate(ids)), targets


# %% wrong: all tokens are targets
# message: targets are all tokens
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective == "masked":
        return [MASK if i in positions else t for i, t in enumerate(ids)], list(ids)
    if objective == "permutation":
        return list(ids), [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: nothing is masked
# message: nothing is replaced by MASK
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        return list(ids), [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: the text itself is masked
# message: changes its argument|should be
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        targets = [t if i in positions else IGNORED for i, t in enumerate(ids)]
        if objective == "masked":
            for place in positions:
                ids[place] = MASK
        return ids, targets
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: only the hidden tokens as targets
# message: without IGNORED for the others
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        inputs = [MASK if i in positions and objective == "masked" else t for i, t in enumerate(ids)]
        return inputs, [ids[place] for place in positions]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: 0 for what is ignored
# message: 0 stands in place of IGNORED
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        inputs = [MASK if i in positions and objective == "masked" else t for i, t in enumerate(ids)]
        return inputs, [t if i in positions else 0 for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: the permutation is masked
# message: MASK hides the tokens in a permutation
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        inputs = [MASK if i in positions else t for i, t in enumerate(ids)]
        return inputs, [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: causal without a shift
# message: each token predicts itself
def training_pair(ids, objective, positions):
    if objective == "causal":
        return list(ids), list(ids)
    if objective != "span":
        inputs = [MASK if i in positions and objective == "masked" else t for i, t in enumerate(ids)]
        return inputs, [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: causal backwards
# message: each token predicts the one before
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[1:], ids[:-1]
    if objective != "span":
        inputs = [MASK if i in positions and objective == "masked" else t for i, t in enumerate(ids)]
        return inputs, [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: a sentinel for each token
# message: each hidden token gets its own sentinel
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        inputs = [MASK if i in positions and objective == "masked" else t for i, t in enumerate(ids)]
        return inputs, [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            inputs.append(next(free))
            targets += [inputs[-1], token]
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% wrong: always the first sentinel
# message: all runs get the same sentinel
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        inputs = [MASK if i in positions and objective == "masked" else t for i, t in enumerate(ids)]
        return inputs, [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets = [], []
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(SENTINELS[0])
                targets.append(SENTINELS[0])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [SENTINELS[0]]


# %% wrong: no sentinel at the end
# message: sentinel at the end of the targets is missing
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        inputs = [MASK if i in positions and objective == "masked" else t for i, t in enumerate(ids)]
        return inputs, [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                inputs.append(next(free))
                targets.append(inputs[-1])
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets


# %% wrong: no sentinel in the inputs
# message: inputs have no sentinels
def training_pair(ids, objective, positions):
    if objective == "causal":
        return ids[:-1], ids[1:]
    if objective != "span":
        inputs = [MASK if i in positions and objective == "masked" else t for i, t in enumerate(ids)]
        return inputs, [t if i in positions else IGNORED for i, t in enumerate(ids)]
    inputs, targets, free = [], [], iter(SENTINELS)
    for place, token in enumerate(ids):
        if place in positions:
            if place - 1 not in positions:
                targets.append(next(free))
            targets.append(token)
        else:
            inputs.append(token)
    return inputs, targets + [next(free)]


# %% right: branches
def training_pair(ids, objective, positions):
    chosen = set(positions)
    targets = [token if i in chosen else IGNORED for i, token in enumerate(ids)]
    if objective == "masked":
        return [MASK if i in chosen else token for i, token in enumerate(ids)], targets
    if objective == "permutation":
        return list(ids), targets
    if objective == "causal":
        return list(ids[:-1]), list(ids[1:])
    inputs, targets, runs = [], [], 0
    for i, token in enumerate(ids):
        if i not in chosen:
            inputs.append(token)
            continue
        if i - 1 not in chosen:
            inputs.append(SENTINELS[runs])
            targets.append(SENTINELS[runs])
            runs += 1
        targets.append(token)
    return inputs, [*targets, SENTINELS[runs]]


# %% right: groupby and iter
def training_pair(ids, objective, positions):
    from itertools import groupby

    hidden = [i in positions for i in range(len(ids))]
    if objective == "span":
        inputs, targets, names = [], [], iter(SENTINELS)
        for is_hidden, run in groupby(zip(hidden, ids), key=lambda pair: pair[0]):
            tokens = [token for _, token in run]
            if is_hidden:
                name = next(names)
                inputs += [name]
                targets += [name] + tokens
            else:
                inputs += tokens
        return inputs, targets + [next(names)]
    if objective == "causal":
        return ids[:-1], ids[1:]
    targets = [t if h else IGNORED for t, h in zip(ids, hidden)]
    inputs = ids[:] if objective == "permutation" else [MASK if h else t for t, h in zip(ids, hidden)]
    return inputs, targets


# %% right: NumPy, then lists
def training_pair(ids, objective, positions):
    row = np.array(ids)
    hidden = np.isin(np.arange(len(row)), positions)
    if objective == "causal":
        return row[:-1].tolist(), row[1:].tolist()
    if objective != "span":
        inputs = np.where(hidden, MASK, row) if objective == "masked" else row
        return inputs.tolist(), np.where(hidden, row, IGNORED).tolist()
    begins = hidden & ~np.r_[False, hidden[:-1]]
    inputs, targets, k = [], [], -1
    for token, is_hidden, first in zip(row.tolist(), hidden, begins):
        if first:
            k += 1
            inputs.append(SENTINELS[k])
            targets.append(SENTINELS[k])
        (targets if is_hidden else inputs).append(token)
    return inputs, targets + [SENTINELS[k + 1]]


# %% wrong: without a position no sentinel at the end
# message: nothing, and no sentinel, is the target where no position is
def training_pair(ids, objective, positions):
    chosen = set(positions)
    targets = [token if i in chosen else IGNORED for i, token in enumerate(ids)]
    if objective == "masked":
        return [MASK if i in chosen else token for i, token in enumerate(ids)], targets
    if objective == "permutation":
        return list(ids), targets
    if objective == "causal":
        return list(ids[:-1]), list(ids[1:])
    if not positions:
        return list(ids), []
    inputs, targets, runs = [], [], 0
    for i, token in enumerate(ids):
        if i not in chosen:
            inputs.append(token)
            continue
        if i - 1 not in chosen:
            inputs.append(SENTINELS[runs])
            targets.append(SENTINELS[runs])
            runs += 1
        targets.append(token)
    return inputs, [*targets, SENTINELS[runs]]


# %% wrong: tokens are looked up by value, so repeats are hidden too
# message: tokens are looked up by their numbers, so that equal tokens
def training_pair(ids, objective, positions):
    hidden = {ids[i] for i in positions}
    chosen = set(positions)
    targets = [token if token in hidden else IGNORED for token in ids]
    if objective == "masked":
        return [MASK if token in hidden else token for token in ids], targets
    if objective == "permutation":
        return list(ids), targets
    if objective == "causal":
        return list(ids[:-1]), list(ids[1:])
    inputs, targets, runs = [], [], 0
    for i, token in enumerate(ids):
        if i not in chosen:
            inputs.append(token)
            continue
        if i - 1 not in chosen:
            inputs.append(SENTINELS[runs])
            targets.append(SENTINELS[runs])
            runs += 1
        targets.append(token)
    return inputs, [*targets, SENTINELS[runs]]


# %% wrong: a run at position 0 is no run (previous position is -1, read from the end)
# message: a run at the beginning is taken for the end of a run at the
def training_pair(ids, objective, positions):
    flags = [i in positions for i in range(len(ids))]
    targets = [token if flags[i] else IGNORED for i, token in enumerate(ids)]
    if objective == "masked":
        return [MASK if flags[i] else token for i, token in enumerate(ids)], targets
    if objective == "permutation":
        return list(ids), targets
    if objective == "causal":
        return list(ids[:-1]), list(ids[1:])
    inputs, targets, runs = [], [], 0
    for i, token in enumerate(ids):
        if not flags[i]:
            inputs.append(token)
            continue
        if not flags[i - 1]:
            inputs.append(SENTINELS[runs])
            targets.append(SENTINELS[runs])
            runs += 1
        targets.append(token)
    return inputs, [*targets, SENTINELS[runs]]


# %% wrong: causal predicts only the positions
# message: causal predicts the tokens at the positions only
def training_pair(ids, objective, positions):
    chosen = set(positions)
    targets = [token if i in chosen else IGNORED for i, token in enumerate(ids)]
    if objective == "masked":
        return [MASK if i in chosen else token for i, token in enumerate(ids)], targets
    if objective == "permutation":
        return list(ids), targets
    if objective == "causal":
        return list(ids[:-1]), [t if i + 1 in chosen else IGNORED for i, t in enumerate(ids[1:])]
    inputs, targets, runs = [], [], 0
    for i, token in enumerate(ids):
        if i not in chosen:
            inputs.append(token)
            continue
        if i - 1 not in chosen:
            inputs.append(SENTINELS[runs])
            targets.append(SENTINELS[runs])
            runs += 1
        targets.append(token)
    return inputs, [*targets, SENTINELS[runs]]
