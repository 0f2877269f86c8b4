# %% right: loops
def coverage(paths, patterns):
    matches = {"none": [], "twice": [], "idle": list(patterns)}
    for path in paths:
        matching = [pattern for pattern in patterns if re.fullmatch(pattern, path)]
        if not matching:
            matches["none"].append(path)
        elif len(matching) > 1:
            matches["twice"].append(path)
        matches["idle"] = [pattern for pattern in matches["idle"] if pattern not in matching]
    return matches


# %% right: compiled patterns and a table
def coverage(paths, patterns):
    compiled = [re.compile(pattern) for pattern in patterns]
    table = [[expression.fullmatch(path) is not None for expression in compiled] for path in paths]
    none = [path for path, row in zip(paths, table, strict=True) if not any(row)]
    twice = [path for path, row in zip(paths, table, strict=True) if sum(row) > 1]
    idle = [pattern for n, pattern in enumerate(patterns) if not any(row[n] for row in table)]
    return dict(idle=idle, none=none, twice=twice)


# %% right: anchored with match
def coverage(paths, patterns):
    fits = lambda pattern, path: bool(re.match("(?:" + pattern + r")\Z", path))
    count = lambda path: sum(fits(pattern, path) for pattern in patterns)
    return {
        "none": [path for path in paths if count(path) == 0],
        "twice": [path for path in paths if count(path) >= 2],
        "idle": [pattern for pattern in patterns if all(not fits(pattern, path) for path in paths)],
    }


# %% wrong: match
# message: re.match
def coverage(paths, patterns):
    count = {path: sum(bool(re.match(pattern, path)) for pattern in patterns) for path in paths}
    idle = [pattern for pattern in patterns if not any(re.match(pattern, path) for path in paths)]
    return {"none": [p for p in paths if count[p] == 0], "twice": [p for p in paths if count[p] > 1], "idle": idle}


# %% wrong: search
# message: re.search
def coverage(paths, patterns):
    count = {path: sum(bool(re.search(pattern, path)) for pattern in patterns) for path in paths}
    idle = [pattern for pattern in patterns if not any(re.search(pattern, path) for path in paths)]
    return {"none": [p for p in paths if count[p] == 0], "twice": [p for p in paths if count[p] > 1], "idle": idle}


# %% wrong: plain text
# message: plain text
def coverage(paths, patterns):
    count = {path: sum(pattern in path for pattern in patterns) for path in paths}
    idle = [pattern for pattern in patterns if not any(pattern in path for path in paths)]
    return {"none": [p for p in paths if count[p] == 0], "twice": [p for p in paths if count[p] > 1], "idle": idle}


# %% wrong: once is twice
# message: one pattern matches is listed, too
def coverage(paths, patterns):
    count = {path: sum(bool(re.fullmatch(pattern, path)) for pattern in patterns) for path in paths}
    idle = [pattern for pattern in patterns if not any(re.fullmatch(pattern, path) for path in paths)]
    return {"none": [p for p in paths if count[p] == 0], "twice": [p for p in paths if count[p] > 0], "idle": idle}


# %% wrong: idle are those that match nothing new
# message: matches only what an earlier one matches
def coverage(paths, patterns):
    count, idle = dict.fromkeys(paths, 0), []
    for pattern in patterns:
        new = [path for path in paths if re.fullmatch(pattern, path) and not count[path]]
        for path in paths:
            count[path] += bool(re.fullmatch(pattern, path))
        if not new:
            idle.append(pattern)
    return {"none": [p for p in paths if count[p] == 0], "twice": [p for p in paths if count[p] > 1], "idle": idle}


# %% wrong: exactly two
# message: only paths that exactly two patterns match
def coverage(paths, patterns):
    count = {path: sum(bool(re.fullmatch(pattern, path)) for pattern in patterns) for path in paths}
    idle = [pattern for pattern in patterns if not any(re.fullmatch(pattern, path) for path in paths)]
    return {"none": [p for p in paths if count[p] == 0], "twice": [p for p in paths if count[p] == 2], "idle": idle}


# %% wrong: another key
# message: Its keys are \['none', 'twice', 'unused'\], not
def coverage(paths, patterns):
    count = {path: sum(bool(re.fullmatch(pattern, path)) for pattern in patterns) for path in paths}
    return {"none": [p for p in paths if count[p] == 0], "twice": [p for p in paths if count[p] > 1], "unused": []}


# %% wrong: a tuple of lists
# message: Its type is tuple
def coverage(paths, patterns):
    count = {path: sum(bool(re.fullmatch(pattern, path)) for pattern in patterns) for path in paths}
    return [p for p in paths if count[p] == 0], [p for p in paths if count[p] > 1], []


# %% wrong: the paths that are matched
# message: the matched paths are listed
def coverage(paths, patterns):
    count = {path: sum(bool(re.fullmatch(pattern, path)) for pattern in patterns) for path in paths}
    idle = [pattern for pattern in patterns if not any(re.fullmatch(pattern, path) for path in paths)]
    return {"none": [p for p in paths if count[p]], "twice": [p for p in paths if count[p] > 1], "idle": idle}


# %% right: texts of numpy, counted with a Counter
from collections import Counter


def coverage(paths, patterns):
    pairs = [(path, pattern) for path in paths for pattern in patterns if re.fullmatch(pattern, path)]
    hits, uses = Counter(path for path, _ in pairs), {pattern for _, pattern in pairs}
    return {
        "none": np.array([path for path in paths if hits[path] == 0]),
        "twice": np.array([path for path in paths if hits[path] >= 2]),
        "idle": tuple(pattern for pattern in patterns if pattern not in uses),
    }


# %% wrong: dollar sign
# message: `\^` and `\$` are put around a pattern
def coverage(paths, patterns):
    count = {path: sum(bool(re.match("^" + pattern + "$", path)) for pattern in patterns) for path in paths}
    idle = [pattern for pattern in patterns if not any(re.match("^" + pattern + "$", path) for path in paths)]
    return {"none": [p for p in paths if count[p] == 0], "twice": [p for p in paths if count[p] > 1], "idle": idle}


# %% wrong: sets, which have no order
# message: Its type is set
def coverage(paths, patterns):
    matched = {path: {pattern for pattern in patterns if re.fullmatch(pattern, path)} for path in paths}
    return {
        "none": {path for path in paths if not matched[path]},
        "twice": {path for path in paths if len(matched[path]) > 1},
        "idle": set(patterns) - set().union(*matched.values()),
    }


# %% wrong: sorted
# message: the lists are sorted
def coverage(paths, patterns):
    count = {path: sum(bool(re.fullmatch(pattern, path)) for pattern in patterns) for path in paths}
    idle = [pattern for pattern in patterns if not any(re.fullmatch(pattern, path) for path in paths)]
    return {
        "none": sorted(p for p in paths if count[p] == 0),
        "twice": sorted(p for p in paths if count[p] > 1),
        "idle": sorted(idle),
    }


# %% wrong: removes the patterns that match
# message: idle|changes its argument
def coverage(paths, patterns):
    count = {path: sum(bool(re.fullmatch(pattern, path)) for pattern in patterns) for path in paths}
    for pattern in list(patterns):
        if any(re.fullmatch(pattern, path) for path in paths):
            patterns.remove(pattern)
    return {"none": [p for p in paths if not count[p]], "twice": [p for p in paths if count[p] > 1], "idle": patterns}


# %% wrong: a path once for each pair
# message: listed once for each further pattern
def coverage(paths, patterns):
    none, twice, used = [], [], set()
    for path in paths:
        seen = False
        for pattern in patterns:
            if re.fullmatch(pattern, path):
                used.add(pattern)
                if seen:
                    twice.append(path)
                seen = True
        if not seen:
            none.append(path)
    return {"none": none, "twice": twice, "idle": [pattern for pattern in patterns if pattern not in used]}
