# %% right: a loop
def shrunken_means(values, groups, within, between):
    numbers = sorted(set(np.asarray(groups).tolist()))
    own = [float(np.mean(values[groups == number])) for number in numbers]
    sizes = [int(np.sum(groups == number)) for number in numbers]
    weights = [1 / (between + within / size) for size in sizes]
    common = sum(weight * mean for weight, mean in zip(weights, own)) / sum(weights)
    return [common + between * weight * (mean - common) for weight, mean in zip(weights, own)]


# %% right: a weighted mean of both
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    share = between / (between + within / sizes)
    precision = 1 / (between + within / sizes)
    common = (precision @ own) / precision.sum()
    return share * own + (1 - share) * common


# %% right: sizes in the denominator
def shrunken_means(values, groups, within, between):
    _, place = np.unique(groups, return_inverse=True)
    n = np.bincount(place)
    own = np.bincount(place, weights=values) / n
    w = n / (n * between + within)
    common = (w * own).sum() / w.sum()
    return common + n * between / (n * between + within) * (own - common)


# %% right: the equations of the mixed model
def shrunken_means(values, groups, within, between):
    numbers, place = np.unique(groups, return_inverse=True)
    table = np.eye(len(numbers))[place]
    covariance = between * table @ table.T + within * np.eye(len(values))
    inverse = np.linalg.inv(covariance)
    ones = np.ones(len(values))
    common = (ones @ inverse @ values) / (ones @ inverse @ ones)
    return common + between * table.T @ inverse @ (values - common)


# %% wrong: the mean of all values
# message: mean of all values
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    return values.mean() + between / (between + within / sizes) * (own - values.mean())


# %% wrong: the plain mean of the means
# message: plain mean of the groups
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    return own.mean() + between / (between + within / sizes) * (own - own.mean())


# %% wrong: the other weight
# message: belongs to the common mean
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    share = between / (between + within / sizes)
    return share * common + (1 - share) * own


# %% wrong: variances exchanged
# message: within and between are exchanged
def shrunken_means(values, groups, between, within):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    return common + between / (between + within / sizes) * (own - common)


# %% wrong: without the size
# message: not divided by the size
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    return common + between / (between + within) * (own - common)


# %% wrong: multiplied by the size
# message: multiplied by the size
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    return common + between / (between + within * sizes) * (own - common)


# %% wrong: standard deviations
# message: square roots
def shrunken_means(values, groups, within, between):
    within, between = within**0.5, between**0.5
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    return common + between / (between + within / sizes) * (own - common)


# %% wrong: own means
# message: nothing is shrunk
def shrunken_means(values, groups, within, between):
    return np.array([values[groups == number].mean() for number in np.unique(groups)])


# %% wrong: the common mean for all
# message: every group gets the common mean
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    return np.full(len(numbers), np.average(own, weights=1 / (between + within / sizes)))


# %% wrong: to zero
# message: shrunk to 0
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    return between / (between + within / sizes) * own


# %% wrong: order of the first value
# message: order of their first value
def shrunken_means(values, groups, within, between):
    numbers = list(dict.fromkeys(groups.tolist()))
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    return common + between / (between + within / sizes) * (own - common)


# %% wrong: a value for each row
# message: for each row
def shrunken_means(values, groups, within, between):
    numbers, place = np.unique(groups, return_inverse=True)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    return (common + between / (between + within / sizes) * (own - common))[place]


# %% wrong: divides by the variance between
# message: division by zero|ZeroDivision|shrunken_means
def shrunken_means(values, groups, within, between):
    ratio = within / between
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=sizes / (sizes + ratio))
    return common + sizes / (sizes + ratio) * (own - common)


# %% wrong: sizes in the weights of the common mean
# message: weighs each group by its size
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=sizes / (between + within / sizes))
    return common + between / (between + within / sizes) * (own - common)


# %% wrong: variances exchanged in the weight
# message: exchanged in the weight of the own mean
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    return common + within / (within + between / sizes) * (own - common)


# %% wrong: whole numbers
# message: cut to whole numbers
def shrunken_means(values, groups, within, between):
    numbers = np.unique(groups)
    own = np.array([values[groups == number].mean() for number in numbers])
    sizes = np.array([(groups == number).sum() for number in numbers])
    common = np.average(own, weights=1 / (between + within / sizes))
    return (common + between / (between + within / sizes) * (own - common)).astype(int)


# %% right: vectorized
def shrunken_means(values, groups, within, between):
    _, number, size = np.unique(groups, return_inverse=True, return_counts=True)
    own = np.bincount(number, np.asarray(values, float)) / size
    weight = 1 / (between + within / size)
    common = (weight * own).sum() / weight.sum()
    return common + between * weight * (own - common)


# %% right: loops
def shrunken_means(values, groups, within, between):
    table = {}
    for v, g in zip(values, groups):
        table.setdefault(int(g), []).append(float(v))
    keys = sorted(table)
    own = [sum(table[g]) / len(table[g]) for g in keys]
    variance = [between + within / len(table[g]) for g in keys]
    common = sum(m / v for m, v in zip(own, variance)) / sum(1 / v for v in variance)
    return np.array([common + between / v * (m - common) for m, v in zip(own, variance)])


# %% right: pandas
def shrunken_means(values, groups, within, between):
    import pandas as pd

    each = pd.Series(np.asarray(values, float)).groupby(np.asarray(groups)).agg(["mean", "size"])
    spread = within / each["size"] + between
    common = np.average(each["mean"], weights=1 / spread)
    share = between / spread
    return (share * each["mean"] + (1 - share) * common).to_numpy()


# %% wrong: with between 0 the mean of the group means
# message: with between = 0, every group gets the plain mean of the gro
def shrunken_means(values, groups, within, between):
    _, number, size = np.unique(groups, return_inverse=True, return_counts=True)
    own = np.bincount(number, np.asarray(values, float)) / size
    if between == 0:
        return np.full(len(own), own.mean())
    weight = 1 / (between + within / size)
    common = (weight * own).sum() / weight.sum()
    return common + between * weight * (own - common)


# %% wrong: the mean size for all groups
# message: the mean size stands for the size of every group
def shrunken_means(values, groups, within, between):
    _, number, size = np.unique(groups, return_inverse=True, return_counts=True)
    own = np.bincount(number, np.asarray(values, float)) / size
    size = np.full(len(own), size.mean())
    weight = 1 / (between + within / size)
    common = (weight * own).sum() / weight.sum()
    return common + between * weight * (own - common)


# %% wrong: missing numbers get the common mean
# message: groups that do not occur get the common mean
def shrunken_means(values, groups, within, between):
    groups = np.asarray(groups)
    size = np.bincount(groups)
    own = np.bincount(groups, np.asarray(values, float)) / np.maximum(size, 1)
    weight = np.where(size > 0, 1 / (between + within / np.maximum(size, 1)), 0)
    common = (weight * own).sum() / weight.sum()
    return common + between * weight * (own - common)
