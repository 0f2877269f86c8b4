# %% right: one pass is kept as a list
def split_once(dataset, count):
    elements = list(dataset)
    return tf.data.Dataset.from_tensor_slices(elements[:count]), tf.data.Dataset.from_tensor_slices(elements[count:])


# %% right: an array of one pass, cut with take and skip
def split_once(dataset, count):
    fixed = tf.data.Dataset.from_tensor_slices(np.array([int(number) for number in dataset]))
    return fixed.take(count), fixed.skip(count)


# %% right: sorted, then drawn with a seed, and lists returned
def split_once(dataset, count):
    elements = sorted(int(number) for number in dataset)
    order = np.random.default_rng(1).permutation(len(elements))
    return [elements[n] for n in order[:count]], [elements[n] for n in order[count:]]


# %% right: the dataset itself, filtered by what was drawn
def split_once(dataset, count):
    taken = tf.stack(list(dataset.take(count)))
    first = dataset.filter(lambda number: tf.reduce_any(number == taken))
    return first, dataset.filter(lambda number: tf.reduce_all(number != taken))


# %% right: shuffled once, and never again
def split_once(dataset, count):
    stored = tf.data.Dataset.from_tensor_slices(sorted(dataset.as_numpy_iterator()))
    once = stored.shuffle(len(stored), seed=5, reshuffle_each_iteration=False)
    return once.take(count), once.skip(count)


# %% wrong: the colleague's own
# message: come from two passes
# earns: 0
def split_once(dataset, count):
    return colleagues_split(dataset, count)


# %% wrong: a shuffle that does not reshuffle, behind one that does
# message: come from two passes
# earns: 0
def split_once(dataset, count):
    once = dataset.shuffle(1000, seed=0, reshuffle_each_iteration=False)
    return once.take(count), once.skip(count)


# %% wrong: each part kept, but from a pass of its own
# message: come from two passes
# earns: 0
def split_once(dataset, count):
    first, others = list(dataset.take(count)), list(dataset.skip(count))
    return tf.data.Dataset.from_tensor_slices(first), tf.data.Dataset.from_tensor_slices(others)


# %% wrong: a seed is taken for a fixed order
# message: come from two passes
# earns: 0
def split_once(dataset, count):
    shuffled = dataset.shuffle(1000, seed=0)
    return shuffled.take(count), shuffled.skip(count)


# %% wrong: only the second part is settled
# message: come from two passes
# earns: 0
def split_once(dataset, count):
    taken = tf.stack(list(dataset.take(count)))
    return dataset.take(count), dataset.filter(lambda number: tf.reduce_all(number != taken))


# %% wrong: iterators, which are empty after one pass
# message: later pass over the parts gives other elements
# earns: 0
def split_once(dataset, count):
    elements = list(dataset)
    return iter(elements[:count]), iter(elements[count:])


# %% wrong: the order that it is stored in
# message: lowest numbers
# earns: 0
def split_once(dataset, count):
    elements = sorted(int(number) for number in dataset)
    return elements[:count], elements[count:]


# %% wrong: the two are swapped
# message: the two parts are swapped
# earns: 0
def split_once(dataset, count):
    elements = list(dataset)
    return elements[count:], elements[:count]


# %% wrong: one is lost at the cut
# message: in neither part
# earns: 0
def split_once(dataset, count):
    elements = list(dataset)
    return elements[:count], elements[count + 1 :]


# %% wrong: only the part that is asked for
# message: should return a pair
# earns: 0
def split_once(dataset, count):
    return list(dataset)[:count]


# %% wrong: each part is one tensor
# message: of slices
def split_once(dataset, count):
    numbers = np.array([int(x) for x in dataset])
    return tf.data.Dataset.from_tensors(numbers[:count]), tf.data.Dataset.from_tensors(numbers[count:])
