# %% right: the course's paired difference
def verdict(with_teacher, without):
    low, high = paired_difference(with_teacher, without)["ci95"]
    return "helps" if low > 0 else "harms" if high < 0 else "undecided"


# %% right: scipy's test
def verdict(with_teacher, without):
    test = stats.ttest_rel(with_teacher, without)
    if not test.pvalue < 0.05:  # nan, too
        return "undecided"
    return "helps" if np.mean(with_teacher) > np.mean(without) else "harms"


# %% right: by hand
def verdict(with_teacher, without):
    gains = [a - b for a, b in zip(with_teacher, without)]
    mean = sum(gains) / len(gains)
    s = (sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1)) ** 0.5
    half = stats.t.ppf(0.975, df=len(gains) - 1) * s / len(gains) ** 0.5
    return ["undecided", "helps", "harms"][(mean > half) + 2 * (mean < -half)]


# %% right: scipy's interval
def verdict(with_teacher, without):
    low, high = stats.ttest_rel(with_teacher, without).confidence_interval(0.95)
    return "helps" if low > 0 else "harms" if high < 0 else "undecided"


# %% wrong: the mean decides
# message: mean alone decides
def verdict(with_teacher, without):
    return "helps" if np.mean(with_teacher) > np.mean(without) else "harms"


# %% wrong: intervals that overlap
# message: two intervals are compared|pairs are not used
def verdict(with_teacher, without):
    from tlcourse.stats import summary

    taught, alone = summary(with_teacher)["ci95"], summary(without)["ci95"]
    return "helps" if taught[0] > alone[1] else "harms" if taught[1] < alone[0] else "undecided"


# %% wrong: an unpaired test
# message: pairs are not used
def verdict(with_teacher, without):
    test = stats.ttest_ind(with_teacher, without, equal_var=False)
    return "undecided" if test.pvalue >= 0.05 else "helps" if test.statistic > 0 else "harms"


# %% wrong: 1.96
# message: 1.96 is used
def verdict(with_teacher, without):
    gains = np.subtract(with_teacher, without)
    half = 1.96 * stats.sem(gains)
    return "helps" if gains.mean() > half else "harms" if gains.mean() < -half else "undecided"


# %% wrong: of single runs
# message: not divided by √n
def verdict(with_teacher, without):
    gains = np.subtract(with_teacher, without)
    half = stats.t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1)
    return "helps" if gains.mean() > half else "harms" if gains.mean() < -half else "undecided"


# %% wrong: exchanged
# message: with and without are exchanged
def verdict(with_teacher, without):
    low, high = paired_difference(without, with_teacher)["ci95"]
    return "helps" if low > 0 else "harms" if high < 0 else "undecided"


# %% wrong: numpy's std
# message: divided by n, not n - 1
def verdict(with_teacher, without):
    gains = np.subtract(with_teacher, without)
    half = stats.t.ppf(0.975, len(gains) - 1) * gains.std() / np.sqrt(len(gains))
    return "helps" if gains.mean() > half else "harms" if gains.mean() < -half else "undecided"


# %% wrong: a one-sided quantile
# message: quantile is one-sided
def verdict(with_teacher, without):
    gains = np.subtract(with_teacher, without)
    half = stats.t.ppf(0.95, len(gains) - 1) * stats.sem(gains)
    return "helps" if gains.mean() > half else "harms" if gains.mean() < -half else "undecided"


# %% wrong: an interval that is 0 counts as help
# message: only touches 0
def verdict(with_teacher, without):
    d = np.asarray(with_teacher, float) - np.asarray(without, float)
    h = stats.t.ppf(0.975, len(d) - 1) * stats.sem(d)
    return "helps" if d.mean() - h >= 0 else "harms" if d.mean() + h <= 0 else "undecided"


# %% wrong: relative gains
# message: ratios of accuracies
def verdict(with_teacher, without):
    d = np.asarray(with_teacher, float) / np.asarray(without, float) - 1
    h = stats.t.ppf(0.975, len(d) - 1) * stats.sem(d)
    return "helps" if d.mean() - h > 0 else "harms" if d.mean() + h < 0 else "undecided"


# %% wrong: sorted accuracies
# message: are sorted
def verdict(with_teacher, without):
    d = np.sort(with_teacher) - np.sort(without)
    h = stats.t.ppf(0.975, len(d) - 1) * stats.sem(d)
    return "helps" if d.mean() - h > 0 else "harms" if d.mean() + h < 0 else "undecided"


# %% wrong: an interval around the median
# message: around the median
def verdict(with_teacher, without):
    d = np.asarray(with_teacher, float) - np.asarray(without, float)
    h = stats.t.ppf(0.975, len(d) - 1) * stats.sem(d)
    m = np.median(d)
    return "helps" if m - h > 0 else "harms" if m + h < 0 else "undecided"


# %% right: the course's paired_difference, looked up in a dictionary
def verdict(with_teacher, without):
    low, high = paired_difference(list(with_teacher), list(without))["ci95"]
    return {(True, False): "helps", (False, True): "harms"}.get((low > 0, high < 0), "undecided")


# %% wrong: scipy's test, whose p-value of equal accuracies is nan
# message: p-value of nan
def verdict(with_teacher, without):
    test = stats.ttest_rel(with_teacher, without)
    if test.pvalue >= 0.05:
        return "undecided"
    return "helps" if np.mean(with_teacher) > np.mean(without) else "harms"
