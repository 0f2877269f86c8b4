# %% right: tables as arrays
def scenario(source, target):
    inputs = [sorted({x for x, _ in side}) for side in (source, target)]
    answers = [sorted({y for _, y in side}) for side in (source, target)]
    if inputs[0] != inputs[1]:
        return "X"
    if answers[0] != answers[1]:
        return "Y"
    one, other = (np.array([[side.get((x, y), 0.0) for y in answers[0]] for x in inputs[0]]) for side in (source, target))
    if np.allclose(one, other, rtol=0, atol=1e-9):
        return "none"
    if np.allclose(one / one.sum(1, keepdims=True), other / other.sum(1, keepdims=True), rtol=0, atol=1e-9):
        return "P(X)"
    if np.allclose(one / one.sum(0), other / other.sum(0), rtol=0, atol=1e-9):
        return "P(Y)"
    return "P(Y|X)"


# %% right: marginals in counters
def scenario(source, target):
    from collections import Counter
    from math import isclose

    tables = []
    for side in (source, target):
        p_x, p_y = Counter(), Counter()
        for (x, y), p in side.items():
            p_x[x] += p
            p_y[y] += p
        tables.append((p_x, p_y))
    (x_s, y_s), (x_t, y_t) = tables
    if x_s.keys() != x_t.keys():
        return "X"
    if y_s.keys() != y_t.keys():
        return "Y"
    pairs = [(x, y) for x in x_s for y in y_s]
    close = lambda a, b: isclose(a, b, abs_tol=1e-9)
    if all(close(source.get(pair, 0), target.get(pair, 0)) for pair in pairs):
        return "none"
    if all(close(source.get((x, y), 0) / x_s[x], target.get((x, y), 0) / x_t[x]) for x, y in pairs):
        return "P(X)"
    if all(close(source.get((x, y), 0) / y_s[y], target.get((x, y), 0) / y_t[y]) for x, y in pairs):
        return "P(Y)"
    return "P(Y|X)"


# %% right: cross-multiplied, no division
def scenario(source, target):
    for place in (0, 1):
        if set(pair[place] for pair in source) != set(pair[place] for pair in target):
            return "XY"[place]
    total = lambda side, place, value: sum(p for pair, p in side.items() if pair[place] == value)
    every = set(source) | set(target)
    get = lambda side, pair: side.get(pair, 0)
    if all(abs(get(source, pair) - get(target, pair)) < 1e-9 for pair in every):
        return "none"
    for place, answer in ((0, "P(X)"), (1, "P(Y)")):
        if all(
            abs(get(source, p) * total(target, place, p[place]) - get(target, p) * total(source, place, p[place])) < 1e-9
            for p in every
        ):
            return answer
    return "P(Y|X)"


# %% wrong: marginals only
# says: inputs moved, as they do when P\(Y\) moves
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name
    for place, name in ((0, "P(X)"), (1, "P(Y)")):
        one, other = ({}, {})
        for side, sums in ((source, one), (target, other)):
            for pair, p in side.items():
                sums[pair[place]] = sums.get(pair[place], 0) + p
        if any(abs(one[key] - other[key]) > 1e-9 for key in one):
            return name
    return "none"


# %% wrong: exact comparison
# says: rounding errors
# earns: 0
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name
    if source == target:
        return "none"

    def given(side, place):
        return {pair: p / sum(q for other, q in side.items() if other[place] == pair[place]) for pair, p in side.items()}

    for place, name in ((0, "P(X)"), (1, "P(Y)")):
        if given(source, place) == given(target, place):
            return name
    return "P(Y|X)"


# %% wrong: asks for equal tables last
# says: equal tables are not asked
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name

    def given(side, place):
        return {pair: p / sum(q for other, q in side.items() if other[place] == pair[place]) for pair, p in side.items()}

    def same(one, other):
        return all(abs(one.get(pair, 0) - other.get(pair, 0)) < 1e-9 for pair in {*one, *other})

    for place, name in ((0, "P(X)"), (1, "P(Y)")):
        if same(given(source, place), given(target, place)):
            return name
    return "none" if same(source, target) else "P(Y|X)"


# %% wrong: label shift is called by its consequence
# says: P\(Y\|X\) moved with P\(Y\)
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name

    def given(side, place):
        return {pair: p / sum(q for other, q in side.items() if other[place] == pair[place]) for pair, p in side.items()}

    def same(one, other):
        return all(abs(one.get(pair, 0) - other.get(pair, 0)) < 1e-9 for pair in {*one, *other})

    if same(source, target):
        return "none"
    return "P(X)" if same(given(source, 0), given(target, 0)) else "P(Y|X)"


# %% wrong: conditionals the wrong way round
# says: should be .P\(Y\)., but it is .P\(X\)
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name

    def given(side, place):
        return {pair: p / sum(q for other, q in side.items() if other[place] == pair[place]) for pair, p in side.items()}

    def same(one, other):
        return all(abs(one.get(pair, 0) - other.get(pair, 0)) < 1e-9 for pair in {*one, *other})

    if same(source, target):
        return "none"
    if same(given(source, 1), given(target, 1)):
        return "P(X)"
    return "P(Y)" if same(given(source, 0), given(target, 0)) else "P(Y|X)"


# %% wrong: only new inputs are noticed
# says: only one side is searched
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if not {pair[place] for pair in target} <= {pair[place] for pair in source}:
            return name

    def given(side, place):
        return {pair: p / sum(q for other, q in side.items() if other[place] == pair[place]) for pair, p in side.items()}

    def same(one, other):
        return all(abs(one.get(pair, 0) - other.get(pair, 0)) < 1e-9 for pair in {*one, *other})

    if same(source, target):
        return "none"
    if same(given(source, 0), given(target, 0)):
        return "P(X)"
    return "P(Y)" if same(given(source, 1), given(target, 1)) else "P(Y|X)"


# %% wrong: the course's function, on tables
# says: Error
def scenario(source, target):
    return differences(source, target)[0]


# %% wrong: every pair is looked up on both sides
# says: Error
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in target} != {pair[place] for pair in source}:
            return name

    def given(side, place):
        return {pair: p / sum(q for other, q in side.items() if other[place] == pair[place]) for pair, p in side.items()}

    def same(one, other):
        return all(abs(one[pair] - other[pair]) < 1e-9 for pair in one)

    if same(source, target):
        return "none"
    if same(given(source, 0), given(target, 0)):
        return "P(X)"
    return "P(Y)" if same(given(source, 1), given(target, 1)) else "P(Y|X)"
