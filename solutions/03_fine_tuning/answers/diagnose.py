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
# message: list under "leaked"
def diagnose(rows, meant):
    return {
        "stuck": [row.layer for row in rows if row.layer in meant and row.weights == 0],
        "leaked": [row.layer for row in rows if not row.trainable and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics],
    }


# %% wrong: lists all still layers
# message: never meant to learn are listed too
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
# message: list under
def diagnose(rows, meant):
    return {
        "stuck": [row.layer for row in rows if row.layer in meant and row.weights < 1e-3],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 1e-3],
        "drifted": [row.layer for row in rows if (row.statistics or 0) > 1e-3],
    }


# %% wrong: another key
# message: dictionary's keys
def diagnose(rows, meant):
    return {
        "frozen": [row.layer for row in rows if row.layer in meant and row.weights == 0],
        "leaked": [row.layer for row in rows if row.layer not in meant and row.weights > 0],
        "drifted": [row.layer for row in rows if row.statistics],
    }
