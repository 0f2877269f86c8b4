# %% right: loops
def average_precision(scores, hits, truths):
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    precision, true_positives = [], 0
    for rank, place in enumerate(order, start=1):
        true_positives += bool(hits[place])
        precision.append(true_positives / rank)
    return sum(max(precision[rank:]) for rank, place in enumerate(order) if hits[place]) / truths


# %% right: a rectangle for each step of the recall, as in the Pascal VOC code
def average_precision(scores, hits, truths):
    ordered = np.asarray(hits, bool)[np.argsort(-np.asarray(scores, float), kind="stable")]
    recall = np.concatenate([[0], np.cumsum(ordered) / truths, [1]])
    precision = np.concatenate([[0], np.cumsum(ordered) / np.maximum(np.arange(len(ordered)) + 1, 1), [0]])
    for place in range(len(precision) - 2, -1, -1):
        precision[place] = max(precision[place], precision[place + 1])
    steps = np.flatnonzero(recall[1:] != recall[:-1])
    return np.sum((recall[steps + 1] - recall[steps]) * precision[steps + 1])


# %% right: from the last detection to the first
def average_precision(scores, hits, truths):
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    true_positives, best, total = int(np.sum(np.asarray(hits, dtype=bool))), 0.0, 0.0
    for rank in range(len(order), 0, -1):
        best = max(best, true_positives / rank)
        if hits[order[rank - 1]]:
            total += best
            true_positives -= 1
    return total / truths


# %% right: only the ranks of the hits
def average_precision(scores, hits, truths):
    if not np.any(hits):
        return 0.0
    ranks = np.flatnonzero(np.asarray(hits, bool)[np.argsort(-np.asarray(scores, float), kind="stable")]) + 1
    precision = np.arange(1, len(ranks) + 1) / ranks
    return float(np.maximum.accumulate(precision[::-1]).sum()) / truths


# %% wrong: not sorted
# message: not sorted by their scores
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(np.maximum.accumulate(precision[::-1])[::-1][hits].sum() / truths)


# %% wrong: rising scores
# message: rising score
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)[np.argsort(np.asarray(scores, float), kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(np.maximum.accumulate(precision[::-1])[::-1][hits].sum() / truths)


# %% wrong: without the highest later precision
# message: later precisions are not looked at
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)[np.argsort(-np.asarray(scores, float), kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].sum() / truths)


# %% wrong: the highest earlier precision
# message: this or any earlier detection
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)[np.argsort(-np.asarray(scores, float), kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(np.maximum.accumulate(precision)[hits].sum() / truths)


# %% wrong: divided by the hits
# message: number of hits, and not by the number of true boxes
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)[np.argsort(-np.asarray(scores, float), kind="stable")]
    if not hits.any():
        return 0.0
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(np.maximum.accumulate(precision[::-1])[::-1][hits].mean())


# %% wrong: the sum
# message: not divided
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)[np.argsort(-np.asarray(scores, float), kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(np.maximum.accumulate(precision[::-1])[::-1][hits].sum())


# %% wrong: straight lines
# message: straight lines
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)[np.argsort(-np.asarray(scores, float), kind="stable")]
    recall = np.concatenate([[0], np.cumsum(hits) / truths])
    precision = np.concatenate([[1], np.cumsum(hits) / np.arange(1, len(hits) + 1)])
    return float(np.sum((recall[1:] - recall[:-1]) * (precision[1:] + precision[:-1]) / 2))


# %% wrong: ties turned around
# message: the later one goes first
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)[np.argsort(np.asarray(scores, float), kind="stable")[::-1]]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(np.maximum.accumulate(precision[::-1])[::-1][hits].sum() / truths)


# %% wrong: eleven points
# message: eleven fixed recalls
def average_precision(scores, hits, truths):
    hits = np.asarray(hits, bool)[np.argsort(-np.asarray(scores, float), kind="stable")]
    true_positives = np.cumsum(hits)
    precision = true_positives / np.arange(1, len(hits) + 1)
    total = 0.0
    for step in range(11):
        inside = 10 * true_positives >= step * truths
        total += precision[inside].max() if inside.any() else 0.0
    return total / 11


# %% wrong: the recall
# message: recall is returned
def average_precision(scores, hits, truths):
    return float(np.sum(np.asarray(hits, bool)) / truths)


# %% right: backward loop
def average_precision(scores, hits, truths):
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    ordered = [bool(hits[i]) for i in order]
    precisions, hits_so_far = [], 0
    for k, hit in enumerate(ordered, 1):
        hits_so_far += hit
        precisions.append(hits_so_far / k)
    area, best = 0.0, 0.0
    for hit, precision in zip(ordered[::-1], precisions[::-1]):
        best = max(best, precision)
        area += best * hit / truths
    return area


# %% right: accumulate
def average_precision(scores, hits, truths):
    order = np.argsort(-np.asarray(scores, float), kind="stable")
    ordered = np.asarray(hits, bool)[order]
    precision = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[ordered].sum() / truths)


# %% right: pandas
def average_precision(scores, hits, truths):
    import pandas as pd

    if len(scores) == 0:
        return 0.0
    table = pd.DataFrame({"score": np.asarray(scores, float), "hit": np.asarray(hits, bool)})
    table = table.sort_values("score", ascending=False, kind="stable", ignore_index=True)
    table["precision"] = table.hit.cumsum() / (table.index + 1)
    table["height"] = table.precision[::-1].cummax()[::-1]
    return table.height[table.hit].sum() / truths


# %% wrong: hits among equal scores first
# message: of equal scores the hits go first
def average_precision(scores, hits, truths):
    pairs = sorted(zip(scores, hits), reverse=True)
    ordered = np.array([bool(hit) for _, hit in pairs], dtype=bool)
    precision = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[ordered].sum() / truths)


# %% right: trapezoids, which the envelope makes steps
def average_precision(scores, hits, truths):
    order = np.argsort(-np.asarray(scores, float), kind="stable")
    ordered = np.asarray(hits, bool)[order]
    precision = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    recall = np.cumsum(ordered) / truths
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if not len(ordered):
        return 0.0
    return float(np.trapezoid(np.r_[envelope[0], envelope], np.r_[0, recall]))


# %% wrong: the highest precision at later hits only if they are strictly later
# message: only later detections are looked at, and not the hit itself
def average_precision(scores, hits, truths):
    order = np.argsort(-np.asarray(scores, float), kind="stable")
    ordered = np.asarray(hits, bool)[order]
    precision = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    area = 0.0
    for i in np.flatnonzero(ordered):
        area += max(precision[i + 1:], default=precision[i]) / truths
    return float(area)
