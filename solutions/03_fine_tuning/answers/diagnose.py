# %% right: one loop
def diagnose(rows, meant):
    findings = {"stuck": [], "leaked": [], "drifted": []}
    for row in rows:
        if row.layer in meant and not row.weights:
            findings["stuck"].append(row.layer)
        if row.layer not in meant and row.weights:
            findings["leaked"].append(row.layer)
        if row.statistics is not None and row.statistics > 0:
            findings["drifted"].append(row.layer)
    return findings


# %% right: unpacked rows
def diagnose(rows, meant):
    stuck = [name for name, _, moved, _ in rows if name in meant and moved == 0.0]
    leaked = [name for name, _, moved, _ in rows if name not in meant and moved != 0.0]
    drifted = [name for name, _, _, drift in rows if drift not in (None, 0.0)]
    return dict(drifted=drifted, leaked=leaked, stuck=stuck)


# %% right: filters
def diagnose(rows, meant):
    names = lambda wanted: [row.layer for row in filter(wanted, rows)]
    return {
        "stuck": names(lambda row: row.layer in meant and row.weights <= 0),
        "leaked": names(lambda row: row.layer not in meant and row.weights > 0),
        "drifted": names(lambda row: (row.statistics or 0) > 0),
    }


# %% wrong: trusts trainable for stuck
# message: `trainable` is trusted
def diagnose(rows, meant):
    return {
        "stuck": [row.layer for row in rows if row.trainable and row.weights == 0],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics],
    }


# %% wrong: trusts trainable for leaked
# message: trusted for the leaked
def diagnose(rows, meant):
    return {
        "stuck": [row.layer for row in rows if row.layer in meant and row.weights == 0],
        "leaked": [row.layer for row in rows if not row.trainable and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics],
    }


# %% wrong: lists all still layers
# message: never meant to learn are listed as stuck
def diagnose(rows, meant):
    return {
        "stuck": [row.layer for row in rows if row.weights == 0],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics],
    }


# %% wrong: every batch norm
# message: every batch norm is listed
def diagnose(rows, meant):
    return {
        "stuck": [row.layer for row in rows if row.layer in meant and row.weights == 0],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics is not None],
    }


# %% wrong: compares None with a number
# message: TypeError
def diagnose(rows, meant):
    return {
        "stuck": [row.layer for row in rows if row.layer in meant and row.weights == 0],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics > 0],
    }


# %% wrong: small movements are taken for none
# message: small movements
def diagnose(rows, meant):
    return {
        "stuck": [row.layer for row in rows if row.layer in meant and row.weights < 1e-3],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 1e-3],
        "drifted": [row.layer for row in rows if (row.statistics or 0) > 1e-3],
    }


# %% wrong: another key
# message: should be
def diagnose(rows, meant):
    return {
        "frozen": [row.layer for row in rows if row.layer in meant and row.weights == 0],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics],
    }


# %% right: a dictionary of comprehensions over the fields
def diagnose(rows, meant):
    tests = {
        "drifted": lambda layer, trainable, weights, statistics: statistics not in (None, 0),
        "leaked": lambda layer, trainable, weights, statistics: weights and layer not in meant,
        "stuck": lambda layer, trainable, weights, statistics: layer in meant and not weights,
    }
    return {key: tuple(row[0] for row in rows if test(*row)) for key, test in tests.items()}


# %% wrong: stuck and leaked are swapped
# message: stuck and leaked are swapped
def diagnose(rows, meant):
    return {
        "leaked": [row.layer for row in rows if row.layer in meant and row.weights == 0],
        "stuck": [row.layer for row in rows if row.layer not in meant and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics],
    }


# %% wrong: in the order of the alphabet
# message: sorted by name
def diagnose(rows, meant):
    moved = {row.layer for row in rows if row.weights > 0}
    names = {row.layer for row in rows}
    return {
        "stuck": sorted((names & meant) - moved),
        "leaked": sorted(moved - meant),
        "drifted": sorted(row.layer for row in rows if row.statistics),
    }


# %% wrong: meant layers that are in no row
# message: occur in no row|sorted by name
def diagnose(rows, meant):
    moved = {row.layer for row in rows if row.weights > 0}
    return {
        "stuck": sorted(meant - moved),
        "leaked": [row.layer for row in rows if row.layer in moved - meant],
        "drifted": [row.layer for row in rows if row.statistics],
    }


# %% wrong: stuck only if it says trainable and is meant
# message: trusted for the stuck
def diagnose(rows, meant):
    return {
        "stuck": [r.layer for r in rows if r.layer in meant and r.trainable and r.weights == 0],
        "leaked": [r.layer for r in rows if r.layer not in meant and r.weights > 0],
        "drifted": [r.layer for r in rows if r.statistics],
    }


# %% wrong: drifted only where weights moved
# message: whose weights moved too are listed
def diagnose(rows, meant):
    return {"stuck": [r.layer for r in rows if r.layer in meant and not r.weights],
            "leaked": [r.layer for r in rows if r.layer not in meant and r.weights],
            "drifted": [r.layer for r in rows if r.statistics and r.weights]}


# %% wrong: each layer is in one list at most
# message: left out of the others
def diagnose(rows, meant):
    result = {"stuck": [], "leaked": [], "drifted": []}
    for r in rows:
        if r.layer in meant and not r.weights:
            result["stuck"].append(r.layer)
        elif r.layer not in meant and r.weights:
            result["leaked"].append(r.layer)
        elif r.statistics:
            result["drifted"].append(r.layer)
    return result


# %% wrong: moved statistics count as a leak
# message: statistics that moved count as a leak
def diagnose(rows, meant):
    return {"stuck": [r.layer for r in rows if r.layer in meant and not r.weights],
            "leaked": [r.layer for r in rows if r.layer not in meant and (r.weights or r.statistics)],
            "drifted": [r.layer for r in rows if r.statistics]}


# %% wrong: moved statistics count as learning
# message: moved statistics does not count as stuck
def diagnose(rows, meant):
    return {"stuck": [r.layer for r in rows if r.layer in meant and not r.weights and not r.statistics],
            "leaked": [r.layer for r in rows if r.layer not in meant and r.weights],
            "drifted": [r.layer for r in rows if r.statistics]}


# %% wrong: names are searched for in a text
# message: parts of other names
def diagnose(rows, meant):
    text = " ".join(meant)
    return {"stuck": [r.layer for r in rows if r.layer in text and not r.weights],
            "leaked": [r.layer for r in rows if r.layer not in text and r.weights],
            "drifted": [r.layer for r in rows if r.statistics]}


# %% right: a defaultdict
def diagnose(rows, meant):
    from collections import defaultdict

    out = defaultdict(list)
    for key in ("stuck", "leaked", "drifted"):
        out[key]
    for row in rows:
        if (row.layer in meant) != bool(row.weights):
            out["stuck" if row.layer in meant else "leaked"].append(row.layer)
        if row.statistics:
            out["drifted"].append(row.layer)
    return out


# %% right: pandas masks
def diagnose(rows, meant):
    import pandas as pd

    t = pd.DataFrame([(r.layer, r.weights, r.statistics) for r in rows], columns=["l", "w", "s"])
    want = t.l.isin(list(meant))
    w, s = t.w.fillna(0).astype(float), t.s.astype(float).fillna(0)
    return {"stuck": t.l[want & (w == 0)].tolist(), "leaked": t.l[~want & (w > 0)].tolist(), "drifted": t.l[s > 0].tolist()}
