# %% right: from the odds
def moved_threshold(source_share, target_share):
    positive = source_share * (1 - target_share)
    negative = (1 - source_share) * target_share
    return positive / (positive + negative)


# %% right: a root is looked for
def moved_threshold(source_share, target_share):
    from scipy.optimize import brentq

    def gap(p):
        return p * target_share / source_share - (1 - p) * (1 - target_share) / (1 - source_share)

    return brentq(gap, 0, 1, xtol=1e-12)


# %% right: logits
def moved_threshold(source_share, target_share):
    logit = lambda share: np.log(share / (1 - share))
    return 1 / (1 + np.exp(logit(target_share) - logit(source_share)))


# %% right: the course's correction, searched
def moved_threshold(source_share, target_share):
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        pair = label_shift.corrected([[1 - p, p]], [1 - source_share, source_share], [1 - target_share, target_share])
        low, high = (p, high) if pair[0, 1] < 0.5 else (low, p)
    return high


# %% wrong: exchanged
# message: source and target are exchanged
def moved_threshold(source_share, target_share):
    odds = target_share * (1 - source_share) / ((1 - target_share) * source_share)
    return odds / (1 + odds)


# %% wrong: as before
# message: stays at one half
def moved_threshold(source_share, target_share):
    return 0.5


# %% wrong: balanced source
# message: taken for balanced
def moved_threshold(source_share, target_share):
    return 1 - target_share


# %% wrong: odds
# message: odds are returned
def moved_threshold(source_share, target_share):
    return source_share * (1 - target_share) / ((1 - source_share) * target_share)


# %% wrong: only class 1 is corrected
# message: only class 1 is corrected
def moved_threshold(source_share, target_share):
    return source_share / (source_share + target_share)


# %% wrong: the target's share
# message: target's share is returned
def moved_threshold(source_share, target_share):
    return target_share


# %% wrong: half of the ratio
# message: one half is multiplied
def moved_threshold(source_share, target_share):
    return 0.5 * source_share / target_share


# %% wrong: the difference is added to one half
# message: difference of the shares is added
def moved_threshold(source_share, target_share):
    return 0.5 + source_share - target_share


# %% wrong: the target is taken for balanced
# message: target is taken for balanced
def moved_threshold(source_share, target_share):
    return source_share
