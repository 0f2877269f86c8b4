# %% right: a loop
def pair_gap(scores, pairs):
    total, higher, count = 0.0, 0.0, 0
    for first, second in pairs:
        if first not in scores or second not in scores:
            continue
        count += 1
        total += scores[first] - scores[second]
        if scores[first] > scores[second]:
            higher += 1
        elif scores[first] == scores[second]:
            higher += 0.5
    if count == 0:
        raise ValueError("no complete pair")
    return total / count, higher / count


# %% right: the sign of each difference
def pair_gap(scores, pairs):
    gaps = [scores[pair[0]] - scores[pair[1]] for pair in pairs if all(text in scores for text in pair)]
    if not gaps:
        raise ValueError("nothing to compare")
    return np.mean(gaps), np.mean((np.sign(gaps) + 1) / 2)


# %% right: two arrays
def pair_gap(scores, pairs):
    kept = [pair for pair in pairs if set(pair) <= scores.keys()]
    if len(kept) < 1:
        raise ValueError("no pair is left")
    first, second = np.array([[scores[a], scores[b]] for a, b in kept], dtype=float).T
    return (first - second).mean(), 0.5 * ((first > second).mean() + (first >= second).mean())


# %% right: KeyError caught
def pair_gap(scores, pairs):
    gaps = []
    for first, second in pairs:
        try:
            gaps.append(scores[first] - scores[second])
        except KeyError:
            pass
    if gaps == []:
        raise ValueError("no pair has two scores")
    return sum(gaps) / len(gaps), sum(1.0 if gap > 0 else 0.5 if gap == 0 else 0.0 for gap in gaps) / len(gaps)


# %% right: the heaviside function, and a list instead of a tuple
def pair_gap(scores, pairs):
    gaps = np.array([scores.get(a, np.nan) - scores.get(b, np.nan) for a, b in pairs], dtype=float)
    gaps = gaps[~np.isnan(gaps)]
    if gaps.size == 0:
        raise ValueError
    return [float(gaps.mean()), float(np.heaviside(gaps, 0.5).mean())]


# %% wrong: second minus first
# message: first score is subtracted from the second
def pair_gap(scores, pairs):
    gaps = np.array([scores[b] - scores[a] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), (gaps < 0).mean() + (gaps == 0).mean() / 2


# %% wrong: both numbers of the second sentence
# message: both numbers are those of the second
def pair_gap(scores, pairs):
    gaps = np.array([scores[b] - scores[a] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: absolute differences
# message: without their signs
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return np.abs(gaps).mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: the sum
# message: summed and not averaged
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.sum(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: the median
# message: median
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return np.median(gaps), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: ties count as 0
# message: equal scores count as 0
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), (gaps > 0).mean()


# %% wrong: ties count as a whole pair
# message: equal scores count as a whole
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), (gaps >= 0).mean()


# %% wrong: ties are left out of the share
# message: equal scores are left out
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    different = gaps[gaps != 0]
    return gaps.mean(), (different > 0).mean() if len(different) else 0.5


# %% wrong: a number of pairs
# message: counts pairs and is no share
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), (gaps > 0).sum() + (gaps == 0).sum() / 2


# %% wrong: a missing score is 0
# message: without a score counts as 0
def pair_gap(scores, pairs):
    if not pairs:
        raise ValueError
    gaps = np.array([scores.get(a, 0) - scores.get(b, 0) for a, b in pairs])
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: divided by the number of all pairs
# message: still counts in the number of pairs
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.sum() / len(pairs), ((gaps > 0).sum() + (gaps == 0).sum() / 2) / len(pairs)


# %% wrong: an incomplete pair counts as a tie
# message: counts as a pair with equal scores
def pair_gap(scores, pairs):
    if not any(a in scores and b in scores for a, b in pairs):
        raise ValueError
    gaps = np.array([scores[a] - scores[b] if a in scores and b in scores else 0.0 for a, b in pairs])
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: two means
# message: whose partner has no score still counts
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    first = np.mean([scores[a] for a, _ in pairs if a in scores])
    second = np.mean([scores[b] for _, b in pairs if b in scores])
    return first - second, (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: no pair may be incomplete
# message: a missing sentence raises a KeyError
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: a pair counts once
# message: occurs twice counts once
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in set(pairs) if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: zeros for no pair
# message: gives \(0, 0\) and not a ValueError
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        return 0.0, 0.0
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: divides by 0
# message: the number of pairs is 0
def pair_gap(scores, pairs):
    gaps = [scores[a] - scores[b] for a, b in pairs if a in scores and b in scores]
    return sum(gaps) / len(gaps), sum((gap > 0) + (gap == 0) / 2 for gap in gaps) / len(gaps)


# %% wrong: None for no pair
# message: pair_gap
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if len(gaps):
        return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: only an empty list raises an error
# message: only an empty list raises an error|gives \(0, 0\)
def pair_gap(scores, pairs):
    if not pairs:
        raise ValueError
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        return 0.0, 0.0
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: the truth of a score, so that 0 is missing
# message: score of 0 counts as missing
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if scores.get(a) and scores.get(b)])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: nearly equal scores
# message: less than 0.01 count as equal
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), np.where(np.abs(gaps) < 0.01, 0.5, gaps > 0).mean()


# %% wrong: the mean of nothing
# message: should raise a ValueError
def pair_gap(scores, pairs):
    if not pairs:
        raise ValueError
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: a pair and its reverse count once
# message: pair_gap
def pair_gap(scores, pairs):
    gaps, seen = [], set()
    for a, b in pairs:
        if a in scores and b in scores and (b, a) not in seen:
            seen.add((a, b))
            gaps.append(scores[a] - scores[b])
    if not gaps:
        raise ValueError
    gaps = np.array(gaps)
    return gaps.mean(), (gaps > 0).mean() + (gaps == 0).mean() / 2


# %% wrong: only the share is of all pairs
# message: in the number of pairs of the share
def pair_gap(scores, pairs):
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if not len(gaps):
        raise ValueError
    return gaps.mean(), ((gaps > 0).sum() + (gaps == 0).sum() / 2) / len(pairs)
