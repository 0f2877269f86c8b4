# %% right: one product after another
def work_of(length, predicted, sizes):
    width, hidden = sizes["width"], sizes["hidden"]
    total = 0
    for _ in range(sizes["depth"]):
        for _ in ("queries", "keys", "values", "output"):
            total += length * width * width
        total += length * width * length  # each position with each
        total += length * length * width  # values, mixed
        total += length * width * hidden + length * hidden * width
    return total + predicted * width * sizes["vocabulary"]


# %% right: what a position costs
def work_of(length, predicted, sizes):
    each = 2 * sizes["width"] * (2 * sizes["width"] + length + sizes["hidden"])
    return length * sizes["depth"] * each + predicted * sizes["width"] * sizes["vocabulary"]


# %% right: head by head
def work_of(length, predicted, sizes):
    heads, width = sizes["heads"], sizes["width"]
    part = width / heads
    attention = sum(3 * length * width * part + 2 * length**2 * part + length * part * width for _ in range(heads))
    dense = 2 * length * width * sizes["hidden"]
    return sizes["depth"] * (attention + dense) + predicted * width * sizes["vocabulary"]


# %% right: shapes of matrices
def work_of(length, predicted, sizes):
    w, h = sizes["width"], sizes["hidden"]
    products = [(length, w, w)] * 4 + [(length, w, length), (length, length, w), (length, w, h), (length, h, w)]
    layer = sum(rows * inner * columns for rows, inner, columns in products)
    return float(layer * sizes["depth"] + predicted * w * sizes["vocabulary"])


# %% right: numpy
def work_of(length, predicted, sizes):
    w = np.int64(sizes["width"])
    layer = np.sum([4 * w**2, 2 * length * w, 2 * w * sizes["hidden"]]) * length
    return layer * sizes["depth"] + predicted * w * sizes["vocabulary"]


# %% wrong: three projections
# message: only three projections
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 3 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: one projection
# message: only one projection is counted
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: no projections
# message: the projections are missing
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 2 * length * length * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: no attention
# message: the attention is missing
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: only the comparison
# message: only the comparison of positions
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + length * length * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: no square of the length
# message: each position is compared with one other
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: half of the pairs
# message: only half of the pairs
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + length * (length + 1) * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: each head as wide as all
# message: counted with the whole width
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + sizes['heads'] * 2 * length * length * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: projections of each head
# message: once for every attention head
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = sizes['heads'] * 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: one dense layer
# message: only one of the two dense
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + length * w * h
    return d * layer + predicted * w * v


# %% wrong: no dense layers
# message: the dense layers are missing
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w
    return d * layer + predicted * w * v


# %% wrong: one layer
# message: one layer is counted
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return layer + predicted * w * v


# %% wrong: no head
# message: the head is missing
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + 0


# %% wrong: a head at every position
# message: head is counted at every position
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + length * w * v


# %% wrong: one head
# message: counted once, and not for each
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + w * v


# %% wrong: a head in every layer
# message: head is counted in every layer
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + d * predicted * w * v


# %% wrong: embeddings
# message: embeddings are counted
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + (length + predicted) * w * v


# %% wrong: operations
# message: counted as two operations
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 2 * (4 * length * w * w + 2 * length * length * w + 2 * length * w * h)
    return d * layer + 2 * predicted * w * v


# %% wrong: weights
# message: these are the weights
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * w * w + 2 * w * h
    return d * layer + w * v


# %% wrong: biases
# message: biases are counted
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h + length * (5 * w + h)
    return d * layer + predicted * (w + 1) * v


# %% wrong: predicted made whole
# message: predicted pieces are rounded down
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + int(predicted) * w * v


# %% wrong: the result made whole
# message: result is rounded down
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return int(d * layer + predicted * w * v)


# %% wrong: a head from the hidden units
# message: multiplies by the hidden units
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes[name] for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + predicted * h * v


# %% wrong: hidden as in the example
# message: twice the width
def work_of(length, predicted, sizes):
    w, d, v = (sizes[name] for name in ("width", "depth", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 4 * length * w * w
    return d * layer + predicted * w * v


# %% wrong: sizes by their order
# message: read in the order of the card
def work_of(length, predicted, sizes):
    w, d, _, h, v = sizes.values()
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + predicted * w * v


# %% wrong: numbers of 32 bits
# message: work_of
def work_of(length, predicted, sizes):
    w, d, h, v, n = (np.int32(each) for each in (*(sizes[k] for k in ("width", "depth", "hidden", "vocabulary")), length))
    with np.errstate(over="ignore"):
        layer = 4 * n * w * w + 2 * n * n * w + 2 * n * w * h
        return d * layer + predicted * w * v


# %% wrong: sizes emptied
# message: changes its argument
def work_of(length, predicted, sizes):
    w, d, h, v = (sizes.pop(name) for name in ("width", "depth", "hidden", "vocabulary"))
    layer = 4 * length * w * w + 2 * length * length * w + 2 * length * w * h
    return d * layer + predicted * w * v
