# %% right: loops
def forgetting(accuracy):
    last = len(accuracy) - 1
    if last == 0:
        return 0
    drops = []
    for j in range(last):
        drops.append(max(accuracy[i][j] for i in range(last)) - accuracy[last][j])
    return sum(drops) / last


# %% right: arrays
def forgetting(accuracy):
    a = np.array(accuracy, dtype=float)
    return 0.0 if a.shape[0] < 2 else float(np.mean(np.max(a[:-1], axis=0)[:-1] - a[-1][:-1]))


# %% right: columns with zip
def forgetting(accuracy):
    *tasks, _ = zip(*accuracy)
    return sum(max(column[:-1]) - column[-1] for column in tasks) / max(len(tasks), 1)


# %% right: a running maximum
def forgetting(accuracy):
    table = np.asarray(accuracy) * 1.0
    n = table.shape[0]
    if n == 1:
        return 0.0
    best = np.full(n, -np.inf)
    for row in table[:-1]:
        best = np.maximum(best, row)
    return (best - table[-1])[: n - 1].sum() / (n - 1)


# %% wrong: right after learning
# message: right after a task was learned is used
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((np.diag(a)[:-1] - a[-1, :-1]).mean()) if len(a) > 1 else 0.0


# %% wrong: backward transfer
# message: Lopez-Paz
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[-1, :-1] - np.diag(a)[:-1]).mean()) if len(a) > 1 else 0.0


# %% wrong: sign
# message: sign is reversed
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[-1, :-1] - a[:-1, :-1].max(axis=0)).mean()) if len(a) > 1 else 0.0


# %% wrong: the last row, too
# message: last row is among
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a.max(axis=0) - a[-1])[:-1].mean()) if len(a) > 1 else 0.0


# %% wrong: from learning on
# message: before a task was learned are left out
def forgetting(accuracy):
    a = np.array(accuracy, float)
    n = len(a) - 1
    return float(np.mean([a[j:n, j].max() - a[n, j] for j in range(n)])) if n else 0.0


# %% wrong: first and last
# message: first row is compared
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[0] - a[-1])[:-1].mean()) if len(a) > 1 else 0.0


# %% wrong: the last task counts
# message: last task counts as well
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[:-1].max(axis=0) - a[-1]).mean()) if len(a) > 1 else 0.0


# %% wrong: divided by all
# message: number of all tasks
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[:-1].max(axis=0) - a[-1])[:-1].sum() / len(a)) if len(a) > 1 else 0.0


# %% wrong: sum
# message: sum is not divided
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[:-1].max(axis=0) - a[-1])[:-1].sum()) if len(a) > 1 else 0.0


# %% wrong: clipped
# message: gained count as 0
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[:-1].max(axis=0) - a[-1]).clip(0)[:-1].mean()) if len(a) > 1 else 0.0


# %% wrong: transposed
# message: rows and columns are exchanged
def forgetting(accuracy):
    a = np.array(accuracy, float).T
    return float((a[:-1].max(axis=0) - a[-1])[:-1].mean()) if len(a) > 1 else 0.0


# %% wrong: no single task
# message: but it is nan
def forgetting(accuracy):
    import warnings

    warnings.simplefilter("ignore")
    a = np.array(accuracy, float)
    best = a[:-1, :-1].max(axis=0) if len(a) > 1 else np.array([])
    return float((best - a[-1, :-1]).mean())


# %% wrong: along the rows
# message: along the rows
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[:-1, :-1].max(axis=1) - a[-1, :-1]).mean()) if len(a) > 1 else 0.0


# %% wrong: a single task is an error
# message: single task is not treated
def forgetting(accuracy):
    a = np.array(accuracy, float)
    return float((a[:-1, :-1].max(axis=0) - a[-1, :-1]).mean())


# %% right: array
def forgetting(accuracy):
    table = np.asarray(accuracy, float)
    if len(table) == 1:
        return 0.0
    return float(np.mean(table[:-1, :-1].max(axis=0) - table[-1, :-1]))


# %% right: lists
def forgetting(accuracy):
    n = len(accuracy)
    lost = [max(accuracy[i][j] for i in range(n - 1)) - accuracy[n - 1][j] for j in range(n - 1)]
    return sum(lost) / len(lost) if lost else 0


# %% right: pandas
def forgetting(accuracy):
    import pandas as pd

    table = pd.DataFrame(np.asarray(accuracy, float))
    lost = (table.iloc[:-1].max() - table.iloc[-1]).iloc[:-1]
    return 0.0 if lost.empty else lost.mean()
