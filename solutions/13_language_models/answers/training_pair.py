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
