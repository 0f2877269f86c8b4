# %% right: a dictionary of lists
def by_speaker(correct, speakers):
    clips = {}
    for hit, speaker in zip(correct, speakers):
        clips.setdefault(int(speaker), []).append(float(hit))
    accuracies = [sum(hits) / len(hits) for hits in clips.values()]
    mean = sum(accuracies) / len(accuracies)
    variance = sum((accuracy - mean) ** 2 for accuracy in accuracies) / (len(accuracies) - 1)
    return mean, (variance / len(accuracies)) ** 0.5


# %% right: bincount
def by_speaker(correct, speakers):
    _, place = np.unique(speakers, return_inverse=True)
    accuracies = np.bincount(place, weights=correct) / np.bincount(place)
    return accuracies.mean(), accuracies.std(ddof=1) / np.sqrt(len(accuracies))


# %% right: scipy's standard error
def by_speaker(correct, speakers):
    from scipy import stats

    accuracies = [correct[speakers == who].mean() for who in set(speakers.tolist())]
    return np.mean(accuracies), stats.sem(accuracies)


# %% right: the module statistics
def by_speaker(correct, speakers):
    import statistics

    accuracies = [statistics.fmean(correct[speakers == who].tolist()) for who in np.unique(speakers)]
    return [statistics.mean(accuracies), statistics.stdev(accuracies) / len(accuracies) ** 0.5]


# %% wrong: the clips are averaged
# message: every clip counts the same in the mean
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.mean(correct), np.std(accuracies, ddof=1) / np.sqrt(len(accuracies))


# %% wrong: counts clips
# message: clips are counted
def by_speaker(correct, speakers):
    return np.mean(correct), np.std(correct, ddof=1) / np.sqrt(len(correct))


# %% wrong: the root of the number of clips
# message: root of the number of clips
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.mean(accuracies), np.std(accuracies, ddof=1) / np.sqrt(len(correct))


# %% wrong: numpy's default
# message: and not k - 1
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.mean(accuracies), np.std(accuracies) / np.sqrt(len(accuracies))


# %% wrong: the standard deviation
# message: not divided by the root of k
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.mean(accuracies), np.std(accuracies, ddof=1)


# %% wrong: a variance
# message: without a root
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.mean(accuracies), np.var(accuracies, ddof=1) / len(accuracies)


# %% wrong: divided by k
# message: divided by k, and not by its root
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.mean(accuracies), np.std(accuracies, ddof=1) / len(accuracies)


# %% wrong: exchanged
# message: exchanged
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.std(accuracies, ddof=1) / np.sqrt(len(accuracies)), np.mean(accuracies)


# %% wrong: the half width of an interval
# message: half width of a 95 % interval
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.mean(accuracies), 1.96 * np.std(accuracies, ddof=1) / np.sqrt(len(accuracies))


# %% wrong: the median
# message: median of the speakers
def by_speaker(correct, speakers):
    accuracies = [correct[speakers == who].mean() for who in np.unique(speakers)]
    return np.median(accuracies), np.std(accuracies, ddof=1) / np.sqrt(len(accuracies))


# %% wrong: the mean only
# message: by_speaker\(.*\)
def by_speaker(correct, speakers):
    return np.mean([correct[speakers == who].mean() for who in np.unique(speakers)])


# %% wrong: clips in a row
# message: clips in a row are taken for a speaker
def by_speaker(correct, speakers):
    import itertools

    pairs = itertools.groupby(zip(speakers, correct), key=lambda pair: pair[0])
    accuracies = [np.mean([hit for _, hit in run]) for _, run in pairs]
    return np.mean(accuracies), np.std(accuracies, ddof=1) / np.sqrt(len(accuracies))


# %% wrong: all numbers up to the largest
# message: numbers without a clip count
def by_speaker(correct, speakers):
    clips = np.bincount(speakers)
    accuracies = np.bincount(speakers, weights=correct) / np.maximum(clips, 1)
    return np.mean(accuracies), np.std(accuracies, ddof=1) / np.sqrt(len(accuracies))


# %% right: pandas
def by_speaker(correct, speakers):
    import pandas as pd

    each = pd.Series(np.asarray(correct, float)).groupby(np.asarray(speakers)).mean()
    return each.mean(), each.sem()


# %% right: dictionary and statistics
def by_speaker(correct, speakers):
    import statistics

    clips = {}
    for value, person in zip(correct, speakers):
        clips.setdefault(int(person), []).append(float(value))
    each = [sum(c) / len(c) for c in clips.values()]
    return statistics.fmean(each), statistics.stdev(each) / len(each) ** 0.5


# %% right: unique and bincount
def by_speaker(correct, speakers):
    _, number = np.unique(speakers, return_inverse=True)
    each = np.bincount(number, np.asarray(correct, float)) / np.bincount(number)
    return float(each.mean()), float(each.std(ddof=1) / np.sqrt(each.size))


# %% wrong: equal accuracies are counted once
# message: speakers with the same accuracy count once
def by_speaker(correct, speakers):
    each = {float(np.mean(np.asarray(correct)[np.asarray(speakers) == s])) for s in speakers}
    each = np.array(sorted(each))
    return float(each.mean()), float(each.std(ddof=1) / np.sqrt(each.size)) if len(each) > 1 else 0.0


# %% wrong: negated booleans break (mean of correct as a sum of integers, integer division)
# message: the accuracies are cut to 0 or 1 by a whole-number division
def by_speaker(correct, speakers):
    correct, speakers = np.asarray(correct).astype(int), np.asarray(speakers)
    each = np.array([correct[speakers == s].sum() // (speakers == s).sum() for s in np.unique(speakers)], float)
    return float(each.mean()), float(each.std(ddof=1) / np.sqrt(each.size))
