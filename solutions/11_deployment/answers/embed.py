# %% right: loads at the first batch
def embed(batches, load):
    teacher = None
    for batch in batches:
        if teacher is None:
            teacher = load()
        yield teacher(batch)


# %% right: map
def embed(batches, load):
    return map(load(), batches)


# %% right: yields from a generator expression
def embed(batches, load):
    teacher = load()
    yield from (teacher(batch) for batch in batches)


# %% right: next with a default
def embed(batches, load):
    teacher, batches = load(), iter(batches)
    end = object()
    while (batch := next(batches, end)) is not end:
        yield teacher(batch)


# %% right: a cache of one teacher
def embed(batches, load):
    import functools

    once = functools.cache(load)
    for batch in batches:
        yield np.asarray(once()(batch))


# %% wrong: loads for each batch
# message: loaded for each batch
def embed(batches, load):
    for batch in batches:
        yield load()(batch)


# %% wrong: loads for each row
# message: loaded for each row
def embed(batches, load):
    for batch in batches:
        yield np.concatenate([load()(batch[i : i + 1]) for i in range(len(batch))])


# %% wrong: calls for each row
# message: called for each row
def embed(batches, load):
    teacher = load()
    for batch in batches:
        yield np.concatenate([teacher(image[None]) for image in batch])


# %% wrong: a list
# message: returns a list and not an iterator
def embed(batches, load):
    teacher = load()
    return [teacher(batch) for batch in batches]


# %% wrong: everything is read first
# message: before the first result
def embed(batches, load):
    teacher = load()
    for batch in list(batches):
        yield teacher(batch)


# %% wrong: an iterator over a list
# message: before the first result
def embed(batches, load):
    teacher = load()
    return iter([teacher(batch) for batch in batches])


# %% wrong: all in one
# message: joined into one|need at least one array
def embed(batches, load):
    yield load()(np.concatenate(list(batches)))


# %% wrong: rows one by one
# message: one by one
def embed(batches, load):
    teacher = load()
    for batch in batches:
        for row in teacher(batch):
            yield row


# %% wrong: next outside a loop
# message: next\(batches\)
def embed(batches, load):
    teacher = load()
    yield teacher(next(batches))
    for batch in batches:
        yield teacher(batch)


# %% wrong: return in the loop
# message: returns an? (array|ndarray)|returns None|is no iterator|not an iterator
def embed(batches, load):
    teacher = load()
    for batch in batches:
        return teacher(batch)


# %% wrong: leaves out empty batches
# message: empty batch is left out
def embed(batches, load):
    teacher = load()
    for batch in batches:
        if len(batch) > 0:
            yield teacher(batch)


# %% wrong: batches that are read one ahead
# message: the next batch is taken before
def embed(batches, load):
    teacher = load()
    ahead = []
    for batch in batches:
        ahead.append(teacher(batch))
        if len(ahead) == 2:
            yield ahead.pop(0)
    yield from ahead


# %% right: plain generator
def embed(batches, load):
    teacher = load()
    for batch in batches:
        yield teacher(batch)


# %% right: lazy teacher
def embed(batches, load):
    teacher = None
    for batch in batches:
        if teacher is None:
            teacher = load()
        yield teacher(batch)


# %% right: yield from a map
def embed(batches, load):
    yield from map(load(), batches)
