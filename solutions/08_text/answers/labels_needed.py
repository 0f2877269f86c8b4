# %% right: from the end backwards
def labels_needed(counts, accuracies, goal):
    goals = goal if np.ndim(goal) else [goal] * len(counts)
    if accuracies[-1] < goals[-1]:
        return None
    for place in range(len(counts) - 2, -1, -1):
        low = accuracies[place] - goals[place]
        if low < 0:
            high = accuracies[place + 1] - goals[place + 1]
            share = low / (low - high)
            return counts[place] * (counts[place + 1] / counts[place]) ** share
    return float(counts[0])


# %% right: polyfit through the two points
def labels_needed(counts, accuracies, goal):
    lead = np.array(accuracies, float) - np.array(goal, float)
    if lead[-1] < 0:
        return None
    if (lead >= 0).all():
        return counts[0]
    place = np.max(np.nonzero(lead < 0))
    slope, constant = np.polyfit(np.log10(counts[place : place + 2]), lead[place : place + 2], 1)
    return 10 ** (-constant / slope)


# %% right: a loop that remembers the last crossing
def labels_needed(counts, accuracies, goal):
    from math import exp, log

    goals = list(np.broadcast_to(goal, len(counts)))
    needed = float(counts[0]) if accuracies[0] >= goals[0] else None
    for i in range(1, len(counts)):
        before, now = accuracies[i - 1] - goals[i - 1], accuracies[i] - goals[i]
        if now < 0:
            needed = None
        elif before < 0:
            needed = exp(log(counts[i - 1]) + (log(counts[i]) - log(counts[i - 1])) * -before / (now - before))
    return needed


# %% right: bisection on the interpolated curve
def labels_needed(counts, accuracies, goal):
    logs = np.log(counts)
    lead = np.asarray(accuracies) - np.broadcast_to(goal, len(counts))
    negative = [place for place, value in enumerate(lead) if value < 0]
    if not negative:
        return float(counts[0])
    if negative[-1] == len(counts) - 1:
        return None
    low, high = logs[negative[-1]], logs[negative[-1] + 1]
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if np.interp(middle, logs, lead) < 0 else (low, middle)
    return float(np.exp(high))


# %% wrong: linear in the counts
# message: not over their logarithm
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    below = np.flatnonzero(lead < 0)
    if len(below) == 0:
        return float(counts[0])
    if below[-1] == len(counts) - 1:
        return None
    return float(np.interp(0, lead[below[-1] : below[-1] + 2], counts[below[-1] : below[-1] + 2]))


# %% wrong: the next count
# message: next count is returned
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    for start in range(len(counts)):
        if (lead[start:] >= 0).all():
            return counts[start]
    return None


# %% wrong: the last count below the goal
# message: last count below the goal
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    below = np.flatnonzero(lead < 0)
    if len(below) == 0:
        return float(counts[0])
    return None if below[-1] == len(counts) - 1 else float(counts[below[-1]])


# %% wrong: the logarithm
# message: logarithm of the count is returned
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    below = np.flatnonzero(lead < 0)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(counts) - 1:
        return None
    return float(np.interp(0, lead[last : last + 2], np.log(counts[last : last + 2])))


# %% wrong: the logarithm to base 10
# message: logarithm of the count to base 10
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    below = np.flatnonzero(lead < 0)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(counts) - 1:
        return None
    return float(np.interp(0, lead[last : last + 2], np.log10(counts[last : last + 2])))


# %% wrong: the first time
# message: first time counts
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    if lead[0] >= 0:
        return float(counts[0])
    for place in range(len(counts) - 1):
        if lead[place] < 0 <= lead[place + 1]:
            return float(np.exp(np.interp(0, lead[place : place + 2], np.log(counts[place : place + 2]))))
    return None


# %% wrong: interp over the whole curve, which need not rise
# message: labels_needed
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    if lead[-1] < 0:
        return None
    return float(np.exp(np.interp(0, lead, np.log(counts))))


# %% wrong: a tie does not count
# message: tie does not count
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    below = np.flatnonzero(lead <= 0)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(counts) - 1:
        return None
    return float(np.exp(np.interp(0, lead[last : last + 2], np.log(counts[last : last + 2]))))


# %% wrong: curve and goal exchanged
# message: curve and goal are exchanged
def labels_needed(counts, accuracies, goal):
    lead = goal - np.asarray(accuracies, float)
    below = np.flatnonzero(lead < 0)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(counts) - 1:
        return None
    return float(np.exp(np.interp(0, lead[last : last + 2], np.log(counts[last : last + 2]))))


# %% wrong: the last count where there is none
# message: although the curve is still below
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    below = np.flatnonzero(lead < 0)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(counts) - 1:
        return float(counts[-1])
    return float(np.exp(np.interp(0, lead[last : last + 2], np.log(counts[last : last + 2]))))


# %% wrong: extended beyond the last count
# message: extended beyond its last count
def labels_needed(counts, accuracies, goal):
    lead = np.asarray(accuracies, float) - goal
    below = np.flatnonzero(lead < 0)
    if len(below) == 0:
        return float(counts[0])
    last = min(below[-1], len(counts) - 2)
    slope = (lead[last + 1] - lead[last]) / np.log(counts[last + 1] / counts[last])
    return float(counts[last] * np.exp(-lead[last] / slope))


# %% wrong: only a number for the goal
# message: TypeError|could not|ambiguous|operands|supported
def labels_needed(counts, accuracies, goal):
    for place in range(len(counts)):
        if float(accuracies[place]) >= goal:
            if place == 0:
                return float(counts[0])
            share = (goal - accuracies[place - 1]) / (accuracies[place] - accuracies[place - 1])
            return float(counts[place - 1] * (counts[place] / counts[place - 1]) ** share)
    return None


# %% right: backward loop
def labels_needed(counts, accuracies, goal):
    goals = [goal] * len(counts) if np.ndim(goal) == 0 else list(goal)
    diff = [a - g for a, g in zip(accuracies, goals)]
    if diff[-1] < 0:
        return None
    for i in range(len(counts) - 2, -1, -1):
        if diff[i] < 0:
            share = -diff[i] / (diff[i + 1] - diff[i])
            return float(math_exp(np.log(counts[i]) + share * (np.log(counts[i + 1]) - np.log(counts[i]))))
    return float(counts[0])


def math_exp(x):
    import math

    return math.exp(x)


# %% right: interp on the last crossing
def labels_needed(counts, accuracies, goal):
    diff = np.asarray(accuracies, float) - np.asarray(goal, float)
    below = np.flatnonzero(diff < 0)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(diff) - 1:
        return None
    return float(np.exp(np.interp(0, diff[last:last + 2], np.log(np.asarray(counts, float)[last:last + 2]))))


# %% right: powers of the ratio
def labels_needed(counts, accuracies, goal):
    goal = np.broadcast_to(goal, len(counts))
    gap = [float(a) - float(g) for a, g in zip(accuracies, goal)]
    start = max((i for i, g in enumerate(gap) if g < 0), default=None)
    if start is None:
        return counts[0] * 1.0
    if start + 1 == len(gap):
        return None
    return counts[start] * (counts[start + 1] / counts[start]) ** (gap[start] / (gap[start] - gap[start + 1]))


# %% wrong: the goal of the right end is used for the whole stretch
# message: the goal stays the same between two counts, and is not a lin
def labels_needed(counts, accuracies, goal):
    goals = np.broadcast_to(np.asarray(goal, float), len(counts))
    acc = np.asarray(accuracies, float)
    below = np.flatnonzero(acc < goals)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(acc) - 1:
        return None
    return float(np.exp(np.interp(goals[last + 1], acc[last:last + 2], np.log(np.asarray(counts, float)[last:last + 2]))))


# %% wrong: rounded up to a whole number of labels
# message: the number is rounded up to a whole number of labels
def labels_needed(counts, accuracies, goal):
    diff = np.asarray(accuracies, float) - np.asarray(goal, float)
    below = np.flatnonzero(diff < 0)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(diff) - 1:
        return None
    return float(np.ceil(np.exp(np.interp(0, diff[last:last + 2], np.log(np.asarray(counts, float)[last:last + 2])))))
