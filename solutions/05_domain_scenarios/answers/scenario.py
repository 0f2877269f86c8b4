# %% right: tables as arrays
def scenario(source, target):
    inputs = [sorted({x for x, _ in side}) for side in (source, target)]
    outputs = [sorted({y for _, y in side}) for side in (source, target)]
    if inputs[0] != inputs[1]:
        return "X"
    if outputs[0] != outputs[1]:
        return "Y"
    first, second = (np.array([[side.get((x, y), 0.0) for y in outputs[0]] for x in inputs[0]]) for side in (source, target))
    if np.allclose(first, second, rtol=0, atol=1e-9):
        return "none"
    if np.allclose(first / first.sum(1, keepdims=True), second / second.sum(1, keepdims=True), rtol=0, atol=1e-9):
        return "P(X)"
    if np.allclose(first / first.sum(0), second / second.sum(0), rtol=0, atol=1e-9):
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


# %% right: fractions of the rounded tables, and numpy's strings
def scenario(source, target):
    for place, name in enumerate("XY"):
        if not {pair[place] for pair in source} == {pair[place] for pair in target}:
            return np.str_(name)

    def distance(first, second):
        return max(abs(first.get(pair, 0) - second.get(pair, 0)) for pair in list(first) + list(second))

    def conditional(side, place):
        sums = {value: sum(p for pair, p in side.items() if pair[place] == value) for value in {q[place] for q in side}}
        return {pair: p / sums[pair[place]] for pair, p in side.items()}

    checks_in_order = [
        ("none", distance(source, target)),
        ("P(X)", distance(conditional(source, 0), conditional(target, 0))),
        ("P(Y)", distance(conditional(source, 1), conditional(target, 1))),
        ("P(Y|X)", 0),
    ]
    return np.str_(next(name for name, gap in checks_in_order if gap < 1e-9))


# %% wrong: marginals only
# message: inputs moved, as they do when P\(Y\) moves
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name
    for place, name in ((0, "P(X)"), (1, "P(Y)")):
        first, second = ({}, {})
        for side, sums in ((source, first), (target, second)):
            for pair, p in side.items():
                sums[pair[place]] = sums.get(pair[place], 0) + p
        if any(abs(first[key] - second[key]) > 1e-9 for key in first):
            return name
    return "none"


# %% wrong: exact comparison
# message: rounding errors
# earns: 0
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name
    if source == target:
        return "none"

    def conditional(side, place):
        return {pair: p / sum(q for second, q in side.items() if second[place] == pair[place]) for pair, p in side.items()}

    for place, name in ((0, "P(X)"), (1, "P(Y)")):
        if conditional(source, place) == conditional(target, place):
            return name
    return "P(Y|X)"


# %% wrong: asks for equal tables last
# message: equal tables are not asked
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name

    def conditional(side, place):
        return {pair: p / sum(q for second, q in side.items() if second[place] == pair[place]) for pair, p in side.items()}

    def same(first, second):
        return all(abs(first.get(pair, 0) - second.get(pair, 0)) < 1e-9 for pair in {*first, *second})

    for place, name in ((0, "P(X)"), (1, "P(Y)")):
        if same(conditional(source, place), conditional(target, place)):
            return name
    return "none" if same(source, target) else "P(Y|X)"


# %% wrong: label shift is called by its consequence
# message: P\(Y\|X\) moved with P\(Y\)
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name

    def conditional(side, place):
        return {pair: p / sum(q for second, q in side.items() if second[place] == pair[place]) for pair, p in side.items()}

    def same(first, second):
        return all(abs(first.get(pair, 0) - second.get(pair, 0)) < 1e-9 for pair in {*first, *second})

    if same(source, target):
        return "none"
    return "P(X)" if same(conditional(source, 0), conditional(target, 0)) else "P(Y|X)"


# %% wrong: conditionals the wrong way round
# message: should be .P\(Y\)., but it is .P\(X\)
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name

    def conditional(side, place):
        return {pair: p / sum(q for second, q in side.items() if second[place] == pair[place]) for pair, p in side.items()}

    def same(first, second):
        return all(abs(first.get(pair, 0) - second.get(pair, 0)) < 1e-9 for pair in {*first, *second})

    if same(source, target):
        return "none"
    if same(conditional(source, 1), conditional(target, 1)):
        return "P(X)"
    return "P(Y)" if same(conditional(source, 0), conditional(target, 0)) else "P(Y|X)"


# %% wrong: only new inputs are noticed
# message: only one side is searched
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if not {pair[place] for pair in target} <= {pair[place] for pair in source}:
            return name

    def conditional(side, place):
        return {pair: p / sum(q for second, q in side.items() if second[place] == pair[place]) for pair, p in side.items()}

    def same(first, second):
        return all(abs(first.get(pair, 0) - second.get(pair, 0)) < 1e-9 for pair in {*first, *second})

    if same(source, target):
        return "none"
    if same(conditional(source, 0), conditional(target, 0)):
        return "P(X)"
    return "P(Y)" if same(conditional(source, 1), conditional(target, 1)) else "P(Y|X)"


# %% wrong: the course's function, on tables
# message: Error
def scenario(source, target):
    return differences(source, target)[0]


# %% wrong: every pair is looked up on both sides
# message: Error
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in target} != {pair[place] for pair in source}:
            return name

    def conditional(side, place):
        return {pair: p / sum(q for second, q in side.items() if second[place] == pair[place]) for pair, p in side.items()}

    def same(first, second):
        return all(abs(first[pair] - second[pair]) < 1e-9 for pair in first)

    if same(source, target):
        return "none"
    if same(conditional(source, 0), conditional(target, 0)):
        return "P(X)"
    return "P(Y)" if same(conditional(source, 1), conditional(target, 1)) else "P(Y|X)"


# %% wrong: P(X|Y) is compared before P(Y|X)
# message: of two that fit, the first
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name

    def conditional(side, place):
        return {pair: p / sum(q for second, q in side.items() if second[place] == pair[place]) for pair, p in side.items()}

    def same(first, second):
        return all(abs(first.get(pair, 0) - second.get(pair, 0)) < 1e-9 for pair in {*first, *second})

    if same(source, target):
        return "none"
    if same(conditional(source, 1), conditional(target, 1)):
        return "P(Y)"
    return "P(X)" if same(conditional(source, 0), conditional(target, 0)) else "P(Y|X)"


# %% wrong: compared to three digits
# message: rounded
# earns: 2
def scenario(source, target):
    for place, name in ((0, "X"), (1, "Y")):
        if {pair[place] for pair in source} != {pair[place] for pair in target}:
            return name

    def conditional(side, place):
        return {pair: p / sum(q for second, q in side.items() if second[place] == pair[place]) for pair, p in side.items()}

    def same(first, second):
        return all(round(first.get(pair, 0), 3) == round(second.get(pair, 0), 3) for pair in {*first, *second})

    if same(source, target):
        return "none"
    if same(conditional(source, 0), conditional(target, 0)):
        return "P(X)"
    return "P(Y)" if same(conditional(source, 1), conditional(target, 1)) else "P(Y|X)"


# %% wrong: one label is enough
# earns: 2
# message: one label's P|differences are added|not those of all
def scenario(source, target):
    for i, name in enumerate("XY"):
        if {k[i] for k in source} != {k[i] for k in target}:
            return name
    s = lambda t, i, v: sum(p for k, p in t.items() if k[i] == v)
    both = set(source) | set(target)
    if all(abs(source.get(k, 0) - target.get(k, 0)) < 1e-9 for k in both):
        return "none"
    for i, name in ((0, "P(X)"), (1, "P(Y)")):
        if all(abs(source.get(k, 0) / s(source, i, k[i]) - target.get(k, 0) / s(target, i, k[i])) < 1e-9 for k in both if k[1] == sorted(x[1] for x in both)[0]):
            return name
    return "P(Y|X)"


# %% wrong: differences are added up
# earns: 2
# message: differences are added|not those of all
def scenario(source, target):
    for i, name in enumerate("XY"):
        if {k[i] for k in source} != {k[i] for k in target}:
            return name
    s = lambda t, i, v: sum(p for k, p in t.items() if k[i] == v)
    both = set(source) | set(target)
    if all(abs(source.get(k, 0) - target.get(k, 0)) < 1e-9 for k in both):
        return "none"
    for i, name in ((0, "P(X)"), (1, "P(Y)")):
        if abs(sum(source.get(k, 0) / s(source, i, k[i]) - target.get(k, 0) / s(target, i, k[i]) for k in sorted(both)[:-1])) < 1e-9:
            return name
    return "P(Y|X)"
