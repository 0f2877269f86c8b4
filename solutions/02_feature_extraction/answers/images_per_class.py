# %% right: class by class
def images_per_class(labels, count, seed):
    rng = np.random.default_rng(seed)
    labels = np.asarray(labels)
    parts = []
    for name in np.unique(labels):
        places = np.where(labels == name)[0]
        if places.size < count:
            raise ValueError(f"only {places.size} images of class {name}")
        parts.append(rng.permutation(places)[:count])
    return np.concatenate(parts)


# %% right: with the standard library, as a list
import random


def images_per_class(labels, count, seed):
    generator = random.Random(seed)
    places = {}
    for place, label in enumerate(labels):
        places.setdefault(int(label), []).append(place)
    chosen = []
    for members in places.values():
        chosen.extend(generator.sample(members, count))  # raises ValueError when there are too few
    return chosen


# %% right: one shuffle, then the first of each class
def images_per_class(labels, count, seed):
    labels = np.asarray(labels)
    order = np.random.RandomState(seed).permutation(len(labels))
    taken, chosen = {}, []
    for place in order:
        label = labels[place]
        if taken.get(label, 0) < count:
            taken[label] = taken.get(label, 0) + 1
            chosen.append(place)
    if len(taken) and min(taken.values()) < count:
        raise ValueError("too few images in a class")
    return np.array(chosen)


# %% wrong: with replacement
# message: occurs twice
def images_per_class(labels, count, seed):
    rng, labels = np.random.default_rng(seed), np.asarray(labels)
    return np.concatenate([rng.choice(np.flatnonzero(labels == name), count) for name in np.unique(labels)])


# %% wrong: the first of each class, whatever the seed
# message: seed is not used
def images_per_class(labels, count, seed):
    labels = np.asarray(labels)
    return np.concatenate([np.flatnonzero(labels == name)[:count] for name in np.unique(labels)])


# %% wrong: the first of each class, with the error
# message: seed is not used
# earns: 1
def images_per_class(labels, count, seed):
    labels, chosen = np.asarray(labels), []
    for name in np.unique(labels):
        members = np.flatnonzero(labels == name)
        if len(members) < count:
            raise ValueError(name)
        chosen.extend(members[:count])
    return np.array(chosen)


# %% wrong: the seed is fixed
# message: seed is not used
def images_per_class(labels, count, seed):
    rng, labels = np.random.default_rng(0), np.asarray(labels)
    return np.concatenate([rng.permutation(np.flatnonzero(labels == name))[:count] for name in np.unique(labels)])


# %% wrong: no seed at all
# message: other images the second time
# earns: 1
def images_per_class(labels, count, seed):
    rng, labels = np.random.default_rng(), np.asarray(labels)
    parts = [rng.choice(np.flatnonzero(labels == name), count, replace=False) for name in np.unique(labels)]
    return np.concatenate(parts)


# %% wrong: not balanced
# message: number of images of each class
def images_per_class(labels, count, seed):
    labels = np.asarray(labels)
    return np.random.default_rng(seed + 3).permutation(len(labels))[: count * len(np.unique(labels))]


# %% wrong: count images in all
# message: sampled in all
def images_per_class(labels, count, seed):
    return np.random.default_rng(seed).permutation(len(labels))[:count]


# %% wrong: a mask instead of positions
# message: integer positions
def images_per_class(labels, count, seed):
    labels = np.asarray(labels)
    mask = np.zeros(len(labels), bool)
    for name in np.unique(labels):
        mask[np.random.default_rng(seed).permutation(np.flatnonzero(labels == name))[:count]] = True
    return mask


# %% wrong: too few images pass silently
# message: should raise a ValueError
# earns: 2
def images_per_class(labels, count, seed):
    rng, labels = np.random.default_rng(seed), np.asarray(labels)
    return np.concatenate([rng.permutation(np.flatnonzero(labels == name))[:count] for name in np.unique(labels)])


# %% wrong: classes are taken to be 0, 1, 2 ...
# message: class numbers need not be 0
def images_per_class(labels, count, seed):
    rng, labels, chosen = np.random.default_rng(seed), np.asarray(labels), []
    for name in range(len(np.unique(labels))):
        members = np.flatnonzero(labels == name)
        chosen.extend(rng.permutation(members)[:count])
    return np.array(chosen, dtype=int)


# %% right: sorting random numbers within each class
def images_per_class(labels, count, seed):
    noise = np.random.default_rng(seed).random(len(labels))
    order = np.lexsort((noise, labels))
    names, starts, sizes = np.unique(np.asarray(labels)[order], return_index=True, return_counts=True)
    if (sizes < count).any():
        raise ValueError("too few images")
    return np.concatenate([order[start : start + count] for start in starts])


# %% wrong: positions within the class
# message: number of images of each class|occurs twice
def images_per_class(labels, count, seed):
    rng, labels, chosen = np.random.default_rng(seed), np.asarray(labels), []
    for name in np.unique(labels):
        size = int((labels == name).sum())
        if size < count:
            raise ValueError(name)
        chosen.append(rng.choice(size, count, replace=False))
    return np.concatenate(chosen)


# %% wrong: exactly enough images count as too few
# message: exactly `count` images
# earns: 2
def images_per_class(labels, count, seed):
    rng, labels, chosen = np.random.default_rng(seed), np.asarray(labels), []
    for name in np.unique(labels):
        members = np.flatnonzero(labels == name)
        if len(members) <= count:
            raise ValueError(name)
        chosen.append(rng.choice(members, count, replace=False))
    return np.concatenate(chosen)


# %% wrong: positions in the shuffled labels
# message: number of images of each class
# earns: 1
def images_per_class(labels, count, seed):
    rng = np.random.default_rng(seed)
    labels = rng.permutation(labels)
    chosen = []
    for name in np.unique(labels):
        members = np.flatnonzero(labels == name)
        if len(members) < count:
            raise ValueError("too few")
        chosen += members[:count].tolist()
    return np.array(chosen)


# %% wrong: the first image of each class is always there
# earns: 1
# message: never sampled together
def images_per_class(labels, count, seed):
    labels = np.asarray(labels)
    rng = np.random.default_rng(seed)
    chosen = []
    for c in np.unique(labels):
        where = np.flatnonzero(labels == c)
        if len(where) < count:
            raise ValueError("too few")
        chosen += [where[0], *rng.choice(where[1:], count - 1, replace=False)]
    return np.array(chosen)


# %% wrong: a run of neighbors of each class
# earns: 1
# message: never sampled together
def images_per_class(labels, count, seed):
    labels = np.asarray(labels)
    rng = np.random.default_rng(seed)
    chosen = []
    for c in np.unique(labels):
        where = np.flatnonzero(labels == c)
        if len(where) < count:
            raise ValueError("too few")
        start = rng.integers(len(where) - count + 1)
        chosen.append(where[start:start + count])
    return np.concatenate(chosen)


# %% right: random.sample from lists of places
def images_per_class(labels, count, seed):
    import random

    r = random.Random(seed)
    places = {}
    for i, c in enumerate(labels):
        places.setdefault(int(c), []).append(i)
    return np.array([i for each in places.values() for i in r.sample(each, count)])
