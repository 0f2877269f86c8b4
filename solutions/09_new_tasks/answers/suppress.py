# %% right: takes the best box of those that are left
def suppress(boxes, scores, threshold):
    boxes, left, kept = np.asarray(boxes, float).reshape(-1, 4), list(range(len(scores))), []
    while left:
        best = max(left, key=lambda place: (scores[place], -place))
        kept.append(best)
        others = [place for place in left if place != best]
        left = [p for p in others if np.asarray(iou(boxes[[best]], boxes[[p]])).item() <= threshold]
    return kept


# %% right: a table of all pairs and a mask
def suppress(boxes, scores, threshold):
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    if len(boxes) == 0:
        return []
    table = np.asarray(iou(boxes, boxes)) > threshold
    alive, result = np.ones(len(boxes), dtype=bool), []
    for place in np.argsort(-np.asarray(scores, dtype=float), kind="stable"):
        if alive[place]:
            result.append(int(place))
            alive &= ~table[place]
    return result


# %% right: with its own overlap, as an array
def suppress(boxes, scores, threshold):
    def overlap(a, b):
        width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height)

    rows, kept = np.asarray(boxes, float).reshape(-1, 4).tolist(), []
    for place in sorted(range(len(rows)), key=lambda p: -scores[p]):
        if all(overlap(rows[place], rows[other]) <= threshold for other in kept):
            kept.append(place)
    return np.array(kept, dtype=int)


# %% right: recursive
def suppress(boxes, scores, threshold):
    boxes = np.asarray(boxes, float).reshape(-1, 4)

    def rest(order):
        if not order:
            return []
        best, *others = order
        near = [np.asarray(iou(boxes[best : best + 1], boxes[p : p + 1]))[0, 0] for p in others]
        return [best] + rest([p for p, value in zip(others, near) if not value > threshold])

    return rest([int(p) for p in np.argsort(-np.asarray(scores, float), kind="stable")])


# %% wrong: dropped boxes drop others
# message: a box that was dropped drops others
def suppress(boxes, scores, threshold):
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4), []
    order = np.argsort(-np.asarray(scores, float), kind="stable").tolist()
    for rank, place in enumerate(order):
        if rank == 0 or np.max(iou(boxes[[place]], boxes[order[:rank]])) <= threshold:
            kept.append(place)
    return kept


# %% wrong: an overlap equal to the threshold is dropped
# message: equals the threshold
def suppress(boxes, scores, threshold):
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4), []
    for place in np.argsort(-np.asarray(scores, float), kind="stable").tolist():
        if not kept or np.max(iou(boxes[[place]], boxes[kept])) < threshold:
            kept.append(place)
    return kept


# %% wrong: rising scores
# message: rising score
def suppress(boxes, scores, threshold):
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4), []
    for place in np.argsort(np.asarray(scores, float), kind="stable").tolist():
        if not kept or np.max(iou(boxes[[place]], boxes[kept])) <= threshold:
            kept.append(place)
    return kept


# %% wrong: argsort from the end turns ties around
# message: the later one goes first
def suppress(boxes, scores, threshold):
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4), []
    for place in np.argsort(np.asarray(scores, float), kind="stable")[::-1].tolist():
        if not kept or np.max(iou(boxes[[place]], boxes[kept])) <= threshold:
            kept.append(place)
    return kept


# %% wrong: sorted by number
# message: sorted by number
def suppress(boxes, scores, threshold):
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4), []
    for place in np.argsort(-np.asarray(scores, float), kind="stable").tolist():
        if not kept or np.max(iou(boxes[[place]], boxes[kept])) <= threshold:
            kept.append(place)
    return sorted(kept)


# %% wrong: only the neighbor in the order is compared
# message: only with the last box that stays
def suppress(boxes, scores, threshold):
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4), []
    for place in np.argsort(-np.asarray(scores, float), kind="stable").tolist():
        if not kept or np.max(iou(boxes[[place]], boxes[kept[-1:]])) <= threshold:
            kept.append(place)
    return kept


# %% wrong: sorts the boxes and forgets their places
# message: positions in the sorted order
def suppress(boxes, scores, threshold):
    order = np.argsort(-np.asarray(scores, float), kind="stable")
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4)[order], []
    for place in range(len(boxes)):
        if not kept or np.max(iou(boxes[[place]], boxes[kept])) <= threshold:
            kept.append(place)
    return kept


# %% wrong: returns boxes
# message: boxes are returned|and not indices
def suppress(boxes, scores, threshold):
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4), []
    for place in np.argsort(-np.asarray(scores, float), kind="stable").tolist():
        if not kept or np.max(iou(boxes[[place]], boxes[kept])) <= threshold:
            kept.append(place)
    return boxes[kept].tolist()


# %% wrong: drops low scores too
# message: score below the threshold
def suppress(boxes, scores, threshold):
    boxes, kept = np.asarray(boxes, float).reshape(-1, 4), []
    for place in np.argsort(-np.asarray(scores, float), kind="stable").tolist():
        if scores[place] >= threshold and (not kept or np.max(iou(boxes[[place]], boxes[kept])) <= threshold):
            kept.append(place)
    return kept


# %% wrong: fails without boxes
# message: error|empty|zero-size
def suppress(boxes, scores, threshold):
    boxes = np.asarray(boxes, float)
    order = np.argsort(-np.asarray(scores, float), kind="stable").tolist()
    kept = [order.pop(0)]
    for place in order:
        if np.max(iou(boxes[[place]], boxes[kept])) <= threshold:
            kept.append(place)
    return kept


# %% right: loop with own overlap
def suppress(boxes, scores, threshold):
    boxes, scores = [list(map(float, b)) for b in boxes], [float(s) for s in scores]

    def overlap(a, b):
        w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        if w <= 0 or h <= 0:
            return 0.0
        return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h)

    kept = []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if all(overlap(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


# %% right: matrix and flags
def suppress(boxes, scores, threshold):
    scores = np.asarray(scores, float)
    if scores.size == 0:
        return []
    table = np.asarray(iou(boxes, boxes))
    alive, kept = np.ones(len(scores), bool), []
    for i in np.argsort(-scores, kind="stable").tolist():
        if alive[i]:
            kept.append(i)
            alive &= table[i] <= threshold
    return kept


# %% right: queue
def suppress(boxes, scores, threshold):
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    queue = [int(i) for i in np.argsort(-np.asarray(scores, float), kind="stable")]
    kept = []
    while queue:
        best = queue.pop(0)
        kept.append(best)
        if queue:
            overlaps = np.asarray(iou(boxes[[best]], boxes[queue]))[0]
            queue = [i for i, o in zip(queue, overlaps) if not o > threshold]
    return kept


# %% wrong: equal boxes are removed by value, so a copy with a lower score survives the threshold 1
# message: of equal boxes only one stays, whatever the threshold
def suppress(boxes, scores, threshold):
    boxes, scores = np.asarray(boxes, float).reshape(-1, 4), np.asarray(scores, float)
    kept, seen = [], set()
    for i in np.argsort(-scores, kind="stable").tolist():
        if tuple(boxes[i]) in seen:
            continue
        if all(np.asarray(iou(boxes[[i]], boxes[[j]]))[0, 0] <= threshold for j in kept):
            kept.append(i)
            seen.add(tuple(boxes[i]))
    return kept
