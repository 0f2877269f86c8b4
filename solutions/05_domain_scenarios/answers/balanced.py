# %% right: whole rounds and a rest
def balanced(labels, count, rng):
    places = []
    for label in set(np.asarray(labels).tolist()):
        group = np.flatnonzero(np.asarray(labels) == label)
        rounds, more = divmod(count, len(group))
        places += group.tolist() * rounds + rng.choice(group, more, replace=False).tolist()
    return places


# %% right: a deck that is shuffled anew
def balanced(labels, count, rng):
    chosen = []
    for label in np.unique(labels):
        members, deck = [i for i in range(len(labels)) if labels[i] == label], []
        for _ in range(count):
            if not deck:
                deck = rng.permutation(members).tolist()
            chosen.append(deck.pop())
    return np.array(chosen)


# %% right: counted round in a circle, shuffled at the end
def balanced(labels, count, rng):
    order = rng.permutation(len(labels))
    shuffled = np.asarray(labels)[order]
    picked = [order[np.flatnonzero(shuffled == label)[np.arange(count) % (shuffled == label).sum()]] for label in np.unique(labels)]
    return rng.permutation(np.concatenate(picked))


# %% right: a tuple of numpy integers, with a remainder from choice
def balanced(labels, count, rng):
    chosen = ()
    for label in np.unique(labels)[::-1]:
        own = np.where(np.array(labels) == label)[0]
        whole = np.tile(own, count // own.size)
        chosen += tuple(whole) + tuple(rng.choice(own, size=count % own.size, replace=False, shuffle=False))
    return chosen


# %% wrong: drawn with replacement
# message: comes twice although
def balanced(labels, count, rng):
    return np.concatenate([rng.choice(np.flatnonzero(labels == label), count) for label in np.unique(labels)])


# %% wrong: replacement only where it is short
# message: would be fair
# earns: 1
def balanced(labels, count, rng):
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return np.concatenate([rng.choice(group, count, replace=len(group) < count) for group in groups])


# %% wrong: all once, then drawn with replacement
# message: would be fair
# earns: 1
def balanced(labels, count, rng):
    groups = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    extra = [rng.choice(group, max(0, count - len(group))) for group in groups]
    return np.concatenate([np.concatenate([group[:count], more]) for group, more in zip(groups, extra)])


# %% wrong: the first ones
# message: first ones always taken
# earns: 2
def balanced(labels, count, rng):
    return np.concatenate([np.resize(np.flatnonzero(labels == label), count) for label in np.unique(labels)])


# %% wrong: under-sampling only
# message: smaller class is taken as it is
# earns: 1
def balanced(labels, count, rng):
    return np.concatenate([rng.permutation(np.flatnonzero(labels == label))[:count] for label in np.unique(labels)])


# %% wrong: count of the whole
# message: size of the whole
def balanced(labels, count, rng):
    names = np.unique(labels)
    return np.concatenate([np.resize(rng.permutation(np.flatnonzero(labels == label)), count // len(names)) for label in names])


# %% wrong: labels instead of places
# message: how often each class comes|outside
def balanced(labels, count, rng):
    return np.repeat(np.unique(labels), count)


# %% wrong: the course's function
# message: how often each class comes
def balanced(labels, count, rng):
    from tlcourse.research.unbalanced_classes import resample

    return resample(labels, int(rng.integers(1000)), "over")


# %% wrong: drawn again in the order of the labels
# message: a second time
# earns: 2
def balanced(labels, count, rng):
    def of_class(places):
        return rng.permutation(places)[:count] if len(places) >= count else np.resize(places, count)

    return np.concatenate([of_class(np.flatnonzero(labels == label)) for label in np.unique(labels)])


# %% wrong: numpy's global randomness
# message: take all randomness from `rng`
def balanced(labels, count, rng):
    groups = [np.random.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    return np.concatenate([np.resize(group, count) for group in groups])


# %% wrong: a generator of its own
# message: first ones always taken
# earns: 2
def balanced(labels, count, rng):
    rng = np.random.default_rng(0)
    groups = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    return np.concatenate([np.resize(group, count) for group in groups])


# %% wrong: the last position of a class is left out
# message: comes twice although
def balanced(labels, count, rng):
    groups = [rng.permutation(np.flatnonzero(labels == label)[:-1]) for label in np.unique(labels)]
    return np.concatenate([np.resize(group, count) for group in groups if len(group)])


# %% wrong: one list for each class
# message: whole numbers in one row
def balanced(labels, count, rng):
    return [np.resize(rng.permutation(np.flatnonzero(labels == label)), count) for label in np.unique(labels)]


# %% wrong: whole rounds only
# message: the remainder is missing
def balanced(labels, count, rng):
    groups = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    return np.concatenate([np.tile(group, count // len(group)) for group in groups])
