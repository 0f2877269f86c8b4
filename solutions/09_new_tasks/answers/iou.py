# %% right: two loops
def iou(boxes, others):
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    others = np.asarray(others, dtype=float).reshape(-1, 4)
    table = np.zeros((len(boxes), len(others)))
    for i, (a, b, c, d) in enumerate(boxes):
        for j, (e, f, g, h) in enumerate(others):
            width, height = min(c, g) - max(a, e), min(d, h) - max(b, f)
            if width > 0 and height > 0:
                both = width * height
                table[i, j] = both / ((c - a) * (d - b) + (g - e) * (h - f) - both)
    return table


# %% right: column by column, as torchvision does
def iou(boxes, others):
    a, b = (np.array(part, dtype=np.float64).reshape(-1, 4) for part in (boxes, others))
    width = np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0])
    height = np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1])
    both = width.clip(min=0) * height.clip(min=0)
    size_a = (a[:, 2] - a[:, 0]).clip(min=0) * (a[:, 3] - a[:, 1]).clip(min=0)
    size_b = (b[:, 2] - b[:, 0]).clip(min=0) * (b[:, 3] - b[:, 1]).clip(min=0)
    union = size_a[:, None] + size_b - both
    return np.where(union > 0, both / np.where(union > 0, union, 1), 0)


# %% right: a list of rows
def iou(boxes, others):
    def area(box):
        return max(0, box[2] - box[0]) * max(0, box[3] - box[1])

    rows = []
    for box in np.asarray(boxes, float).reshape(-1, 4).tolist():
        row = []
        for other in np.asarray(others, float).reshape(-1, 4).tolist():
            both = area([max(box[0], other[0]), max(box[1], other[1]), min(box[2], other[2]), min(box[3], other[3])])
            row.append(both / (area(box) + area(other) - both) if both else 0.0)
        rows.append(row)
    return np.array(rows).reshape(len(rows), len(np.asarray(others).reshape(-1, 4)))


# %% right: one row of the table at a time
def iou(boxes, others):
    boxes, others = np.asarray(boxes, float).reshape(-1, 4), np.asarray(others, float).reshape(-1, 4)
    table = np.zeros((boxes.shape[0], others.shape[0]))
    for number, box in enumerate(boxes):
        low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
        real = np.all(high > low, axis=1)
        both = np.prod(high - low, axis=1)
        total = np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1)
        table[number, real] = both[real] / (total - both)[real]
    return table


# %% wrong: negative widths are multiplied
# message: apart on both axes
def iou(boxes, others):
    a, b = (np.asarray(part, dtype=float).reshape(-1, 4) for part in (boxes, others))
    width = np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0])
    height = np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1])
    both = width * height
    sizes = [np.prod((part[:, 2:] - part[:, :2]).clip(min=0), axis=1) for part in (a, b)]
    union = sizes[0][:, None] + sizes[1] - both
    return np.divide(both, union, out=np.zeros_like(both), where=union != 0)


# %% wrong: the shared area is counted twice in the union
# message: sum of both areas
def iou(boxes, others):
    a, b = (np.asarray(part, dtype=float).reshape(-1, 4) for part in (boxes, others))
    width = (np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0])).clip(min=0)
    height = (np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1])).clip(min=0)
    sizes = [np.prod((part[:, 2:] - part[:, :2]).clip(min=0), axis=1) for part in (a, b)]
    return width * height / (sizes[0][:, None] + sizes[1])


# %% wrong: divides by the smaller area
# message: smaller area
def iou(boxes, others):
    a, b = (np.asarray(part, dtype=float).reshape(-1, 4) for part in (boxes, others))
    width = (np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0])).clip(min=0)
    height = (np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1])).clip(min=0)
    sizes = [np.prod((part[:, 2:] - part[:, :2]).clip(min=0), axis=1) for part in (a, b)]
    return width * height / np.maximum(np.minimum(sizes[0][:, None], sizes[1]), 1e-9)


# %% wrong: one pixel is added, as in old code for whole pixels
# message: one pixel is added
def iou(boxes, others):
    a, b = (np.asarray(part, dtype=float).reshape(-1, 4) for part in (boxes, others))
    width = (np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0]) + 1).clip(min=0)
    height = (np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1]) + 1).clip(min=0)
    both = width * height
    sizes = [np.prod((part[:, 2:] - part[:, :2] + 1).clip(min=0), axis=1) for part in (a, b)]
    return both / (sizes[0][:, None] + sizes[1] - both)


# %% wrong: reads width and height
# message: left, top, width and height
def iou(boxes, others):
    a, b = (np.array(part, dtype=float).reshape(-1, 4) for part in (boxes, others))
    a[:, 2:] += a[:, :2]
    b[:, 2:] += b[:, :2]
    width = (np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0])).clip(min=0)
    height = (np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1])).clip(min=0)
    both = width * height
    sizes = [np.prod((part[:, 2:] - part[:, :2]).clip(min=0), axis=1) for part in (a, b)]
    union = sizes[0][:, None] + sizes[1] - both
    return np.divide(both, union, out=np.zeros_like(both), where=union > 0)


# %% wrong: the table is transposed
# message: transposed
def iou(boxes, others):
    table = []
    for b in np.asarray(others, float).reshape(-1, 4):
        row = []
        for a in np.asarray(boxes, float).reshape(-1, 4):
            width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            both = max(0, width) * max(0, height) if width > 0 and height > 0 else 0
            row.append(both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both) if both else 0)
        table.append(row)
    return np.array(table)


# %% wrong: the shared area itself
# message: not divided
def iou(boxes, others):
    a, b = (np.asarray(part, dtype=float).reshape(-1, 4) for part in (boxes, others))
    width = (np.minimum(a[:, None, 2], b[:, 2]) - np.maximum(a[:, None, 0], b[:, 0])).clip(min=0)
    height = (np.minimum(a[:, None, 3], b[:, 3]) - np.maximum(a[:, None, 1], b[:, 1])).clip(min=0)
    return width * height


# %% wrong: box by box
# message: should be .*(shape|all pairs|rows|same row|array)
def iou(boxes, others):
    a, b = (np.asarray(part, dtype=float).reshape(-1, 4) for part in (boxes, others))
    width = (np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])).clip(min=0)
    height = (np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])).clip(min=0)
    both = width * height
    sizes = [np.prod((part[:, 2:] - part[:, :2]).clip(min=0), axis=1) for part in (a, b)]
    return both / (sizes[0] + sizes[1] - both)


# %% wrong: the boxes are changed in place
# message: changes its argument
def iou(boxes, others):
    a, b = (np.asarray(part).reshape(-1, 4) for part in (boxes, others))
    table = np.zeros((len(a), len(b)))
    for i, (p, q, r, s) in enumerate(a.astype(float)):
        for j, (t, u, v, w) in enumerate(b.astype(float)):
            width, height = min(r, v) - max(p, t), min(s, w) - max(q, u)
            if width > 0 and height > 0:
                table[i, j] = width * height / ((r - p) * (s - q) + (v - t) * (w - u) - width * height)
    if isinstance(boxes, np.ndarray):
        boxes[:] = 0
    if isinstance(boxes, list):
        boxes.clear()
    return table


# %% right: two loops, another way
def iou(boxes, others):
    boxes, others = np.asarray(boxes, float).reshape(-1, 4), np.asarray(others, float).reshape(-1, 4)
    out = np.zeros((len(boxes), len(others)))
    area = lambda b: max(b[2] - b[0], 0) * max(b[3] - b[1], 0)
    for i, a in enumerate(boxes):
        for j, b in enumerate(others):
            w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            if w > 0 and h > 0 and area(a) > 0 and area(b) > 0:
                out[i, j] = w * h / (area(a) + area(b) - w * h)
    return out


# %% right: broadcasting
def iou(boxes, others):
    a = np.asarray(boxes, dtype=np.float64).reshape(-1, 1, 4)
    b = np.asarray(others, dtype=np.float64).reshape(1, -1, 4)
    size = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None)
    areas = [np.clip(x[..., 2:] - x[..., :2], 0, None).prod(-1) for x in (a, b)]
    inter = size.prod(-1) * (areas[0] > 0) * (areas[1] > 0)
    union = areas[0] + areas[1] - inter
    return np.where(union > 0, inter / np.where(union > 0, union, 1), 0.0)


# %% right: TensorFlow
def iou(boxes, others):
    import tensorflow as tf

    a = tf.reshape(tf.convert_to_tensor(np.asarray(boxes, "float64")), (-1, 1, 4))
    b = tf.reshape(tf.convert_to_tensor(np.asarray(others, "float64")), (1, -1, 4))
    area_a = tf.reduce_prod(tf.nn.relu(a[..., 2:] - a[..., :2]), -1)
    area_b = tf.reduce_prod(tf.nn.relu(b[..., 2:] - b[..., :2]), -1)
    both = tf.reduce_prod(tf.nn.relu(tf.minimum(a[..., 2:], b[..., 2:]) - tf.maximum(a[..., :2], b[..., :2])), -1)
    both = tf.where((area_a > 0) & (area_b > 0), both, 0.0)
    return tf.math.divide_no_nan(both, area_a + area_b - both).numpy()


# %% wrong: boxes apart on both axes get a positive product of two negatives
# message: boxes that are apart on both axes share an area: the product
def iou(boxes, others):
    a = np.asarray(boxes, dtype=np.float64).reshape(-1, 1, 4)
    b = np.asarray(others, dtype=np.float64).reshape(1, -1, 4)
    size = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    inter = np.maximum(size.prod(-1), 0)
    areas = [np.clip(x[..., 2:] - x[..., :2], 0, None).prod(-1) for x in (a, b)]
    union = areas[0] + areas[1] - inter
    good = (areas[0] > 0) & (areas[1] > 0)
    return np.where(good, inter / np.where(union > 0, union, 1), 0)


# %% right: areas of empty boxes not clipped, the intersection is
def iou(boxes, others):
    a = np.asarray(boxes, dtype=np.float64).reshape(-1, 1, 4)
    b = np.asarray(others, dtype=np.float64).reshape(1, -1, 4)
    size = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None)
    inter = size.prod(-1)
    areas = [(x[..., 2:] - x[..., :2]).prod(-1) for x in (a, b)]
    union = areas[0] + areas[1] - inter
    return np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)


# %% wrong: corners of empty boxes are swapped
# message: the edges of an empty box are exchanged, so that it gets an
def iou(boxes, others):
    a = np.asarray(boxes, dtype=np.float64).reshape(-1, 1, 4)
    b = np.asarray(others, dtype=np.float64).reshape(1, -1, 4)
    a = np.concatenate([np.minimum(a[..., :2], a[..., 2:]), np.maximum(a[..., :2], a[..., 2:])], -1)
    b = np.concatenate([np.minimum(b[..., :2], b[..., 2:]), np.maximum(b[..., :2], b[..., 2:])], -1)
    inter = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None).prod(-1)
    areas = [(x[..., 2:] - x[..., :2]).prod(-1) for x in (a, b)]
    union = areas[0] + areas[1] - inter
    return np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)
