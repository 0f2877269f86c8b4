# %% right: every count, and all that come after it
def crossover(counts, transfer, scratch):
    for start in range(len(counts)):
        if all(s >= t for s, t in zip(scratch[start:], transfer[start:])):
            return counts[start]
    return None


# %% right: vectorised
def crossover(counts, transfer, scratch):
    wins = np.asarray(scratch) >= np.asarray(transfer)
    holds = np.logical_and.accumulate(wins[::-1])[::-1]
    return np.asarray(counts)[holds][0] if holds.any() else None


# %% right: one after the last count where transfer wins
def crossover(counts, transfer, scratch):
    last = -1
    for position, (teacher_accuracy, scratch_accuracy) in enumerate(zip(transfer, scratch)):
        if teacher_accuracy > scratch_accuracy:
            last = position
    if last + 1 < len(counts):
        return counts[last + 1]


# %% wrong: the first win
# message: first win is taken
def crossover(counts, transfer, scratch):
    for count, t, s in zip(counts, transfer, scratch):
        if s >= t:
            return count
    return None


# %% wrong: strictly better
# message: tie does not count
def crossover(counts, transfer, scratch):
    for start in range(len(counts)):
        if all(s > t for s, t in zip(scratch[start:], transfer[start:])):
            return counts[start]
    return None


# %% wrong: the position
# message: position is returned
def crossover(counts, transfer, scratch):
    for start in range(len(counts)):
        if all(s >= t for s, t in zip(scratch[start:], transfer[start:])):
            return start
    return None


# %% wrong: the last count when there is none
# message: although transfer wins there
def crossover(counts, transfer, scratch):
    for start in range(len(counts)):
        if all(s >= t for s, t in zip(scratch[start:], transfer[start:])):
            return counts[start]
    return counts[-1]


# %% wrong: the last count at which transfer wins
# message: last count at which transfer wins
def crossover(counts, transfer, scratch):
    losing = [count for count, t, s in zip(counts, transfer, scratch) if s < t]
    return losing[-1] if losing else None


# %% wrong: lists compared as wholes
# message: should be
def crossover(counts, transfer, scratch):
    return counts[0] if scratch >= transfer else None


# %% wrong: the two are swapped
# message: lists are swapped
def crossover(counts, transfer, scratch):
    for start in range(len(counts)):
        if all(t >= s for s, t in zip(scratch[start:], transfer[start:])):
            return counts[start]
    return None


# %% wrong: only the visible cases
# message: should be
def crossover(counts, transfer, scratch):
    return 10 if scratch[-1] > 0.5 else None


# %% right: from the end, with NumPy's sign
def crossover(counts, transfer, scratch):
    behind = np.flatnonzero(np.subtract(scratch, transfer) < 0)
    kept = list(counts)[int(behind.max()) + 1 if behind.size else 0 :]
    return np.int64(kept[0]) if kept else None


# %% wrong: the last count at which scratch wins
# message: largest count, and not the smallest|first win|should be
def crossover(counts, transfer, scratch):
    wins = [count for count, t, s in zip(counts, transfer, scratch) if s >= t]
    return wins[-1] if wins else None


# %% wrong: the first count is never looked at
# message: first count is missed|it is None
def crossover(counts, transfer, scratch):
    crossing = None
    for place in range(len(counts) - 1, 0, -1):
        if scratch[place] < transfer[place]:
            return crossing
        crossing = counts[place]
    return None if scratch[0] >= transfer[0] else crossing


# %% wrong: the later counts only, not the count itself
# message: crossover
def crossover(counts, transfer, scratch):
    for i in range(len(counts)):
        if all(s >= t for s, t in zip(scratch[i + 1 :], transfer[i + 1 :])):
            return counts[i]
    return None


# %% wrong: accuracies are rounded
# message: small lead of transfer is ignored
def crossover(counts, transfer, scratch):
    best = None
    for i in reversed(range(len(counts))):
        if round(scratch[i], 2) < round(transfer[i], 2):
            break
        best = counts[i]
    return best
