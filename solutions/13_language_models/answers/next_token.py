# %% right: a loop that adds up
def next_token(logits, temperature, kept, chance):
    order = sorted(range(len(logits)), key=lambda token: (-logits[token], token))
    tokens = sorted(order[:kept])
    weights = [np.exp((logits[token] - max(logits)) / temperature) for token in tokens]
    total = 0
    for token, weight in zip(tokens, weights):
        total += weight / sum(weights)
        if total > chance:
            return token
    return tokens[-1]


# %% right: minus infinity for the others
def next_token(logits, temperature, kept, chance):
    scores = np.full(len(logits), -np.inf)
    best = np.argsort(-np.asarray(logits), kind="stable")[:kept]
    scores[best] = np.asarray(logits, float)[best]
    p = np.exp((scores - scores.max()) / temperature)
    return int(np.argmax(np.cumsum(p / p.sum()) > chance))


# %% right: searchsorted
def next_token(logits, temperature, kept, chance):
    tokens = np.sort(np.lexsort((np.arange(len(logits)), -np.asarray(logits)))[: min(kept, len(logits))])
    scaled = np.asarray(logits, float)[tokens] / temperature
    p = np.exp(scaled - scaled.max())
    return int(tokens[np.searchsorted(np.cumsum(p) / p.sum(), chance, side="right")])


# %% right: the softmax of Keras
def next_token(logits, temperature, kept, chance):
    tokens = sorted(np.argsort(-np.asarray(logits), kind="stable")[:kept].tolist())
    p = keras.ops.softmax(np.asarray(logits, "float64")[tokens] / temperature)
    sums = np.cumsum(keras.ops.convert_to_numpy(p))
    return next((token for token, total in zip(tokens, sums) if total > chance), tokens[-1])


# %% wrong: multiplied by the temperature
# message: multiplied by the temperature
def next_token(logits, temperature, kept, chance):
    tokens = np.sort(np.argsort(-np.asarray(logits), kind="stable")[:kept])
    scaled = np.asarray(logits, float)[tokens] * temperature
    p = np.exp(scaled - scaled.max())
    return int(tokens[np.argmax(np.cumsum(p / p.sum()) > chance)])


# %% wrong: no temperature
# message: temperature is ignored
def next_token(logits, temperature, kept, chance):
    tokens = np.sort(np.argsort(-np.asarray(logits), kind="stable")[:kept])
    scaled = np.asarray(logits, float)[tokens]
    p = np.exp(scaled - scaled.max())
    return int(tokens[np.argmax(np.cumsum(p / p.sum()) > chance)])


# %% wrong: all tokens
# message: all tokens are kept
def next_token(logits, temperature, kept, chance):
    p = np.exp((np.asarray(logits, float) - np.max(logits)) / temperature)
    return int(np.argmax(np.cumsum(p / p.sum()) > chance))


# %% wrong: the smallest
# message: smallest logits are kept
def next_token(logits, temperature, kept, chance):
    tokens = np.sort(np.argsort(np.asarray(logits), kind="stable")[:kept])
    scaled = np.asarray(logits, float)[tokens] / temperature
    p = np.exp(scaled - scaled.max())
    return int(tokens[np.argmax(np.cumsum(p / p.sum()) > chance)])


# %% wrong: the most probable first
# message: falling probability
def next_token(logits, temperature, kept, chance):
    tokens = np.argsort(-np.asarray(logits), kind="stable")[:kept]
    scaled = np.asarray(logits, float)[tokens] / temperature
    p = np.exp(scaled - scaled.max())
    return int(tokens[np.argmax(np.cumsum(p / p.sum()) > chance)])


# %% wrong: a place and not a number
# message: place among the kept tokens
def next_token(logits, temperature, kept, chance):
    tokens = np.sort(np.argsort(-np.asarray(logits), kind="stable")[:kept])
    scaled = np.asarray(logits, float)[tokens] / temperature
    p = np.exp(scaled - scaled.max())
    return int(np.argmax(np.cumsum(p / p.sum()) > chance))


# %% wrong: always the most probable
# message: most probable token is always taken
def next_token(logits, temperature, kept, chance):
    return int(np.argmax(logits))


# %% wrong: ties from the end
# message: of equal logits, the last are kept
def next_token(logits, temperature, kept, chance):
    logits = np.asarray(logits, float)
    tokens = np.sort(np.argsort(logits, kind="stable")[::-1][:kept])
    p = np.exp((logits[tokens] - logits[tokens].max()) / temperature)
    return int(tokens[np.argmax(np.cumsum(p / p.sum()) > chance)])


# %% wrong: equal is enough
# message: a sum that equals chance
def next_token(logits, temperature, kept, chance):
    tokens = np.sort(np.argsort(-np.asarray(logits), kind="stable")[:kept])
    scaled = np.asarray(logits, float)[tokens] / temperature
    p = np.exp(scaled - scaled.max())
    return int(tokens[np.argmax(np.cumsum(p / p.sum()) >= chance)])


# %% wrong: not renormalized
# message: the probabilities of all tokens are used
def next_token(logits, temperature, kept, chance):
    p = np.exp((np.asarray(logits, float) - np.max(logits)) / temperature)
    p = p / p.sum()
    tokens = np.sort(np.argsort(-np.asarray(logits), kind="stable")[:kept])
    above = np.cumsum(p[tokens]) > chance
    return int(tokens[np.argmax(above) if above.any() else -1])


# %% wrong: a threshold that keeps all ties
# message: more than `kept` are kept
def next_token(logits, temperature, kept, chance):
    logits = np.asarray(logits, float)
    tokens = np.flatnonzero(logits >= np.sort(logits)[-min(kept, len(logits))])
    p = np.exp((logits[tokens] - logits.max()) / temperature)
    return int(tokens[np.argmax(np.cumsum(p / p.sum()) > chance)])


# %% wrong: zeros for the others
# message: become 0
def next_token(logits, temperature, kept, chance):
    scores = np.zeros(len(logits))
    best = np.argsort(-np.asarray(logits), kind="stable")[:kept]
    scores[best] = np.asarray(logits, float)[best]
    p = np.exp((scores - scores.max()) / temperature)
    return int(np.argmax(np.cumsum(p / p.sum()) > chance))


# %% right: stable argsort
def next_token(logits, temperature, kept, chance):
    logits = np.asarray(logits, float)
    tokens = np.sort(np.argsort(-logits, kind="stable")[:kept])
    scaled = logits[tokens] / temperature
    p = np.exp(scaled - scaled.max())
    sums = np.cumsum(p / p.sum())
    return int(tokens[min(np.searchsorted(sums, chance, side="right"), len(tokens) - 1)])


# %% right: loop
def next_token(logits, temperature, kept, chance):
    import math

    logits = [float(l) for l in logits]
    order = sorted(range(len(logits)), key=lambda t: (-logits[t], t))[:kept]
    top = max(logits[t] for t in order)
    weights = {t: math.exp((logits[t] - top) / temperature) for t in sorted(order)}
    total, so_far = sum(weights.values()), 0.0
    for token, weight in weights.items():
        so_far += weight / total
        if so_far > chance:
            return token
    return token


# %% right: others at minus infinity
def next_token(logits, temperature, kept, chance):
    logits = np.array(logits, dtype="float64")
    allowed = np.zeros(len(logits), bool)
    allowed[np.argsort(-logits, kind="stable")[:kept]] = True
    masked = np.where(allowed, (logits - logits.max()) / temperature, -np.inf)
    p = np.exp(masked)
    return int(np.argmax(np.cumsum(p) / p.sum() > chance))
