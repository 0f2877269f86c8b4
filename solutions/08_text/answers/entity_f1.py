# %% right: groupby
def entity_f1(true, predicted):
    from itertools import groupby

    def spans_of(sentences):
        result = set()
        for number, tags in enumerate(sentences):
            place = 0
            for tag, run in groupby(tags):
                size = len(list(run))
                if tag != "O":
                    result.add((number, place, place + size, tag))
                place += size
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


# %% right: precision and recall
def entity_f1(true, predicted):
    def spans_of(sentences):
        result, open_run = [], None
        for number, tags in enumerate(sentences):
            for place, tag in enumerate([*tags, "O"]):
                if open_run and tag != open_run[3]:
                    result.append((open_run[0], open_run[1], place, open_run[3]))
                    open_run = None
                if open_run is None and tag != "O":
                    open_run = (number, place, None, tag)
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    correct = len([entity for entity in theirs if entity in ours])
    if correct == 0:
        return 0
    precision, recall = correct / len(theirs), correct / len(ours)
    return 2 * precision * recall / (precision + recall)


# %% right: sentences joined with a separator, and numpy
def entity_f1(true, predicted):
    def spans_of(sentences):
        row = np.array(["O"] + [tag for tags in sentences for tag in (*tags, "O")])
        edges = np.flatnonzero(row[1:] != row[:-1]) + 1
        bounds = [*edges.tolist(), len(row)]
        return {(a, b, str(row[a])) for a, b in zip(bounds[:-1], bounds[1:]) if row[a] != "O"}

    ours, theirs = spans_of(true), spans_of(predicted)
    both = len(ours) + len(theirs)
    return 2 * len(ours.intersection(theirs)) / both if both else 0.0


# %% right: sentence by sentence
def entity_f1(true, predicted):
    correct = total = 0
    for a, b in zip(true, predicted):
        spans = []
        for tags in (a, b):
            starts = [i for i in range(len(tags)) if tags[i] != "O" and (i == 0 or tags[i - 1] != tags[i])]
            ends = [i for i in range(len(tags)) if tags[i] != "O" and (i == len(tags) - 1 or tags[i + 1] != tags[i])]
            spans.append({(s, e, tags[s]) for s, e in zip(starts, ends)})
        correct += len(spans[0] & spans[1])
        total += len(spans[0]) + len(spans[1])
    return 2 * correct / total if total else 0.0


# %% wrong: single words
# message: single words are compared
def entity_f1(true, predicted):
    pairs = [(a, b) for x, y in zip(true, predicted) for a, b in zip(x, y)]
    correct = sum(a == b != "O" for a, b in pairs)
    total = sum(a != "O" for a, _ in pairs) + sum(b != "O" for _, b in pairs)
    return 2 * correct / total if total else 0.0


# %% wrong: accuracy of the words
# message: accuracy of the words
def entity_f1(true, predicted):
    pairs = [(a, b) for x, y in zip(true, predicted) for a, b in zip(x, y)]
    return sum(a == b for a, b in pairs) / len(pairs)


# %% wrong: the tags are not compared
# message: tags of entities are not compared
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = set()
        for number, tags in enumerate(sentences):
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or tags[end] != tags[start]:
                    if tags[start] != "O":
                        result.add((number, start, end))
                    start = end
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


# %% wrong: one kind of tag
# message: all tags but O are taken for the same
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = set()
        for number, tags in enumerate(sentences):
            inside = [tag != "O" for tag in tags]
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or inside[end] != inside[start]:
                    if inside[start]:
                        result.add((number, start, end))
                    start = end
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


# %% wrong: precision
# message: it is the precision
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = set()
        for number, tags in enumerate(sentences):
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or tags[end] != tags[start]:
                    if tags[start] != "O":
                        result.add((number, start, end, tags[start]))
                    start = end
        return result

    return len(spans_of(true) & spans_of(predicted)) / max(1, len(spans_of(predicted)))


# %% wrong: recall
# message: it is the recall
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = set()
        for number, tags in enumerate(sentences):
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or tags[end] != tags[start]:
                    if tags[start] != "O":
                        result.add((number, start, end, tags[start]))
                    start = end
        return result

    return len(spans_of(true) & spans_of(predicted)) / max(1, len(spans_of(true)))


# %% wrong: the mean over the sentences
# message: computed for each sentence
def entity_f1(true, predicted):
    def spans_of(tags):
        result, start = set(), 0
        for end in range(1, len(tags) + 1):
            if end == len(tags) or tags[end] != tags[start]:
                if tags[start] != "O":
                    result.add((start, end, tags[start]))
                start = end
        return result

    scores = []
    for a, b in zip(true, predicted):
        ours, theirs = spans_of(a), spans_of(b)
        scores.append(2 * len(ours & theirs) / max(1, len(ours) + len(theirs)))
    return sum(scores) / len(scores)


# %% wrong: runs go on into the next sentence
# message: runs on into the next sentence
def entity_f1(true, predicted):
    def spans_of(sentences):
        tags = [tag for sentence in sentences for tag in sentence]
        result, start = set(), 0
        for end in range(1, len(tags) + 1):
            if end == len(tags) or tags[end] != tags[start]:
                if tags[start] != "O":
                    result.add((start, end, tags[start]))
                start = end
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


# %% wrong: the end of a sentence
# message: at the end of a sentence is overlooked
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = set()
        for number, tags in enumerate(sentences):
            start = 0
            for end in range(1, len(tags)):
                if tags[end] != tags[start]:
                    if tags[start] != "O":
                        result.add((number, start, end, tags[start]))
                    start = end
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


# %% wrong: O is an entity
# message: O counts as an entity
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = set()
        for number, tags in enumerate(sentences):
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or tags[end] != tags[start]:
                    result.add((number, start, end, tags[start]))
                    start = end
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


# %% wrong: sentences are mixed up
# message: sentences are not kept apart
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = set()
        for tags in sentences:
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or tags[end] != tags[start]:
                    if tags[start] != "O":
                        result.add((start, end, tags[start]))
                    start = end
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


# %% wrong: 0 divided by 0
# message: ZeroDivisionError|division
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = set()
        for number, tags in enumerate(sentences):
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or tags[end] != tags[start]:
                    if tags[start] != "O":
                        result.add((number, start, end, tags[start]))
                    start = end
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


# %% wrong: half of the words is enough
# message: overlaps a true one counts
def entity_f1(true, predicted):
    def spans_of(sentences):
        result = []
        for number, tags in enumerate(sentences):
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or tags[end] != tags[start]:
                    if tags[start] != "O":
                        result.append((number, start, end, tags[start]))
                    start = end
        return result

    ours, theirs = spans_of(true), spans_of(predicted)
    hits = sum(any(a[0] == b[0] and a[3] == b[3] and a[1] < b[2] and b[1] < a[2] for b in ours) for a in theirs)
    return 2 * hits / max(1, len(ours) + len(theirs))


# %% right: groupby, another way
def entity_f1(true, predicted):
    from itertools import groupby

    def entities(sentences):
        entities = set()
        for number, sentence in enumerate(sentences):
            place = 0
            for tag, run in groupby(sentence):
                length = len(list(run))
                if tag != "O":
                    entities.add((number, place, place + length - 1, tag))
                place += length
        return entities

    a, b = entities(true), entities(predicted)
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


# %% right: a class that walks
def entity_f1(true, predicted):
    class Walk:
        def __init__(self, sentences):
            self.spans = []
            for n, tags in enumerate(sentences):
                start = 0
                for i in range(1, len(tags) + 1):
                    if i == len(tags) or tags[i] != tags[start]:
                        if tags[start] != "O":
                            self.spans.append((n, start, i, tags[start]))
                        start = i

    t, p = Walk(true).spans, Walk(predicted).spans
    correct = sum(span in t for span in p)
    return float(2 * correct / max(len(t) + len(p), 1))


# %% right: precision and recall, another way
def entity_f1(true, predicted):
    def spans(sentences):
        for n, tags in enumerate(sentences):
            padded = ["O", *tags, "O"]
            starts = [i for i in range(1, len(padded)) if padded[i] != "O" and padded[i] != padded[i - 1]]
            for s in starts:
                e = s
                while padded[e] == padded[s]:
                    e += 1
                yield n, s, e, padded[s]

    t, p = set(spans(true)), set(spans(predicted))
    correct = len(t & p)
    if not correct:
        return 0.0
    precision, recall = correct / len(p), correct / len(t)
    return 2 * precision * recall / (precision + recall)


# %% wrong: only the three known kinds of names count
# message: only the tags PER, LOC and ORG count
def entity_f1(true, predicted):
    def spans(sentences):
        entities = set()
        for kind in ("PER", "LOC", "ORG"):
            for n, tags in enumerate(sentences):
                i = 0
                while i < len(tags):
                    start = i
                    while i < len(tags) and tags[i] == kind:
                        i += 1
                    if i > start:
                        entities.add((n, start, i, kind))
                    else:
                        i += 1
        return entities

    t, p = spans(true), spans(predicted)
    return 2 * len(t & p) / (len(t) + len(p)) if t or p else 0.0


# %% wrong: only first word and tag must agree
# message: only the first word and the tag of an entity are compared
def entity_f1(true, predicted):
    def spans(sentences):
        entities = set()
        for n, tags in enumerate(sentences):
            for i, tag in enumerate(tags):
                if tag != "O" and (i == 0 or tags[i - 1] != tag):
                    entities.add((n, i, tag))
        return entities

    t, p = spans(true), spans(predicted)
    return 2 * len(t & p) / (len(t) + len(p)) if t or p else 0.0
