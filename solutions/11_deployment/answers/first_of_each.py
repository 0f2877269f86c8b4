# %% right: sorted pairs
def first_of_each(names, digests):
    seen, stay = set(), []
    for name, digest in sorted(pair for pair in zip(names, digests) if pair[1] is not None):
        if digest not in seen:
            seen.add(digest)
            stay.append(name)
    return stay


# %% right: the smallest of each group
def first_of_each(names, digests):
    groups = {}
    for name, digest in zip(names, digests):
        groups.setdefault(digest, []).append(name)
    groups.pop(None, None)
    return sorted(min(group) for group in groups.values())


# %% right: a running minimum
def first_of_each(names, digests):
    smallest = {}
    for i in range(len(names)):
        if digests[i] is None:
            continue
        smallest[digests[i]] = min(names[i], smallest.get(digests[i], names[i]))
    return sorted(set(smallest.values()))


# %% right: backwards, so that the smallest name overwrites the others
def first_of_each(names, digests):
    last = {digest: name for name, digest in sorted(zip(names, digests), key=lambda p: p[0], reverse=True) if digest}
    return sorted(last.values())


# %% right: numpy
def first_of_each(names, digests):
    names = np.array([n for n, d in zip(names, digests) if d is not None], dtype=object)
    digests = np.array([d for d in digests if d is not None], dtype=object)
    order = np.argsort(names, kind="stable")
    _, first = np.unique(digests[order].astype(str), return_index=True)
    return sorted(names[order][first].tolist())


# %% wrong: the first to arrive
# message: arrives first stays, so that the result depends on the order
def first_of_each(names, digests):
    first = {}
    for name, digest in zip(names, digests):
        if digest is not None:
            first.setdefault(digest, name)
    return sorted(first.values())


# %% wrong: the first to arrive, in order of arrival
# message: the names are not sorted
def first_of_each(names, digests):
    seen, stay = set(), []
    for name, digest in zip(names, digests):
        if digest is not None and digest not in seen:
            seen.add(digest)
            stay.append(name)
    return stay


# %% wrong: a dictionary keeps the last
# message: keeps the last value
def first_of_each(names, digests):
    return sorted({digest: name for name, digest in zip(names, digests) if digest is not None}.values())


# %% wrong: unreadable files are a group of their own
# message: unreadable files count as copies
def first_of_each(names, digests):
    groups = {}
    for name, digest in zip(names, digests):
        groups.setdefault(digest, []).append(name)
    return sorted(min(group) for group in groups.values())


# %% wrong: no file that has a copy
# message: none of them stays
def first_of_each(names, digests):
    pairs = set(zip(names, digests))
    counts = {}
    for _, digest in pairs:
        counts[digest] = counts.get(digest, 0) + 1
    return sorted(name for name, digest in pairs if digest is not None and counts[digest] == 1)


# %% wrong: the largest name
# message: last name of the alphabet
def first_of_each(names, digests):
    groups = {}
    for name, digest in zip(names, digests):
        if digest is not None:
            groups.setdefault(digest, []).append(name)
    return sorted(max(group) for group in groups.values())


# %% wrong: numbers in names
# message: compared as numbers
def first_of_each(names, digests):
    import re

    def key(name):
        return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name)]

    groups = {}
    for name, digest in zip(names, digests):
        if digest is not None:
            groups.setdefault(digest, []).append(name)
    return sorted(min(group, key=key) for group in groups.values())


# %% wrong: lower case
# message: capital letters are ignored
def first_of_each(names, digests):
    groups = {}
    for name, digest in sorted(zip(names, digests), key=lambda pair: pair[0].lower()):
        if digest is not None:
            groups.setdefault(digest, []).append(name)
    return sorted(group[0] for group in groups.values())


# %% wrong: digests
# message: digests are returned
def first_of_each(names, digests):
    return sorted(set(digests) - {None})


# %% wrong: sorts by digest
# message: sorted by digest
def first_of_each(names, digests):
    groups = {}
    for name, digest in zip(names, digests):
        if digest is not None:
            groups.setdefault(digest, []).append(name)
    return [min(groups[digest]) for digest in sorted(groups)]


# %% right: dictionary of smallest
def first_of_each(names, digests):
    smallest = {}
    for name, digest in zip(names, digests):
        if digest is not None:
            smallest[digest] = min(name, smallest.get(digest, name))
    return sorted(smallest.values())


# %% right: pandas
def first_of_each(names, digests):
    import pandas as pd

    table = pd.DataFrame({"name": list(names), "digest": list(digests)}, dtype=object).dropna()
    return sorted(table.groupby("digest").name.min().tolist()) if len(table) else []


# %% right: sorted pairs and a set
def first_of_each(names, digests):
    seen, kept = set(), []
    for name, digest in sorted(zip(names, digests), key=lambda pair: pair[0]):
        if digest is None or digest in seen:
            continue
        seen.add(digest)
        kept.append(name)
    return kept
