# %% right: counted out one by one
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError("too few epochs")
    shares = [0] * len(groups)
    for epoch in range(epochs):
        shares[epoch % len(groups)] += 1
    return [(share, groups[-stage:]) for stage, share in enumerate(shares, start=1)]


# %% right: numpy shares
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError(f"{epochs} epochs for {len(groups)} groups")
    shares = [len(part) for part in np.array_split(np.arange(epochs), len(groups))]
    return [[share, list(groups)[len(groups) - 1 - i :]] for i, share in enumerate(shares)]


# %% right: grows a list
def unfreezing_plan(groups, epochs):
    count = len(groups)
    if epochs < count:
        raise ValueError
    plan, learning = [], []
    for stage, group in enumerate(reversed(groups)):
        learning = [group] + learning
        plan.append((epochs // count + (1 if stage < epochs % count else 0), learning))
    return plan


# %% wrong: the later stages take what is left
# message: later stages get what is left over
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    each, left = divmod(epochs, len(groups))
    return [(each + (i >= len(groups) - left), groups[len(groups) - 1 - i :]) for i in range(len(groups))]


# %% wrong: what is left over is lost
# message: left over is lost
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    return [(epochs // len(groups), groups[len(groups) - 1 - i :]) for i in range(len(groups))]


# %% wrong: from the input
# message: begins at the input
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    each, left = divmod(epochs, len(groups))
    return [(each + (i < left), groups[: i + 1]) for i in range(len(groups))]


# %% wrong: one group a stage
# message: one group only
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    each, left = divmod(epochs, len(groups))
    return [(each + (i < left), [groups[-1 - i]]) for i in range(len(groups))]


# %% wrong: no error for too few epochs
# message: should raise a ValueError
def unfreezing_plan(groups, epochs):
    each, left = divmod(epochs, len(groups))
    return [(each + (i < left), groups[len(groups) - 1 - i :]) for i in range(len(groups))]


# %% wrong: listed from the output
# message: from the output to the input
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    each, left = divmod(epochs, len(groups))
    return [(each + (i < left), groups[len(groups) - 1 - i :][::-1]) for i in range(len(groups))]


# %% wrong: all epochs in every stage
# message: every stage gets all the epochs
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    return [(epochs, groups[len(groups) - 1 - i :]) for i in range(len(groups))]


# %% wrong: only the groups
# message: should be
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    return [groups[len(groups) - 1 - i :] + ["", "", ""] for i in range(len(groups))]


# %% right: NumPy integers and tuples
def unfreezing_plan(groups, epochs):
    if len(groups) > epochs:
        raise ValueError(f"{epochs} epochs are too few")
    shares = np.full(len(groups), epochs // len(groups))
    shares[: epochs % len(groups)] += 1
    return tuple((share, tuple(groups[-stage:])) for stage, share in enumerate(shares, start=1))


# %% wrong: one list that grows
# message: share one list
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    each, left = divmod(epochs, len(groups))
    plan, learning = [], []
    for stage, group in enumerate(reversed(groups)):
        learning.insert(0, group)
        plan.append((each + (stage < left), learning))
    return plan


# %% wrong: as many epochs as groups are taken for too few
# message: as many epochs as groups
def unfreezing_plan(groups, epochs):
    if epochs <= len(groups):
        raise ValueError
    each, left = divmod(epochs, len(groups))
    return [(each + (i < left), groups[len(groups) - 1 - i :]) for i in range(len(groups))]


# %% wrong: the list of groups is emptied
# message: changes its argument|should be
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    each, left = divmod(epochs, len(groups))
    plan, learning = [], []
    for stage in range(len(groups)):
        learning = [groups.pop(), *learning]
        plan.append((each + (stage < left), learning))
    return plan


# %% wrong: the epoch at which each stage ends
# message: unfreezing_plan
def unfreezing_plan(groups, epochs):
    if epochs < len(groups):
        raise ValueError
    each, left = divmod(epochs, len(groups))
    total, plan = 0, []
    for i in range(len(groups)):
        total += each + (i < left)
        plan.append((total, groups[len(groups) - 1 - i :]))
    return plan


# %% wrong: an assertion
# message: should raise a ValueError, but it raises
def unfreezing_plan(groups, epochs):
    assert epochs >= len(groups)
    each, left = divmod(epochs, len(groups))
    return [(each + (i < left), groups[len(groups) - 1 - i :]) for i in range(len(groups))]
