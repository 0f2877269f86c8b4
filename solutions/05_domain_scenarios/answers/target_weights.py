# %% right: a loop
def target_weights(probabilities, source_count, target_count, largest):
    weights = []
    for p in probabilities:
        odds = p / (1 - p) if p < 1 else float("inf")
        weights.append(min(largest, odds * source_count / target_count))
    return weights


# %% right: the density ratio by Bayes, with numpy's infinity
def target_weights(probabilities, source_count, target_count, largest):
    share = target_count / (source_count + target_count)
    with np.errstate(divide="ignore"):
        ratio = (probabilities / share) / ((1 - probabilities) / (1 - share))
    return np.clip(ratio, None, largest)


# %% right: logits
def target_weights(probabilities, source_count, target_count, largest):
    logits = np.log(np.maximum(probabilities, 1e-300)) - np.log(np.maximum(1 - probabilities, 1e-300))
    return np.exp(np.minimum(logits + np.log(source_count / target_count), np.log(largest)))


# %% right: fractions, in a list
def target_weights(probabilities, source_count, target_count, largest):
    from fractions import Fraction

    weights = []
    for p in map(Fraction, np.asarray(probabilities, float).tolist()):
        weights.append(largest if p == 1 else min(largest, float(p / (1 - p) * Fraction(source_count, target_count))))
    return weights


# %% right: a tensor
def target_weights(probabilities, source_count, target_count, largest):
    p = keras.ops.convert_to_tensor(np.asarray(probabilities, "float64"))
    scaled = p * source_count / (keras.ops.maximum(1 - p, 1e-15) * target_count)
    return keras.ops.minimum(scaled, largest)


# %% wrong: counts are forgotten
# message: counts of the two sides are forgotten
def target_weights(probabilities, source_count, target_count, largest):
    return np.minimum(probabilities / (1 - probabilities), largest)


# %% wrong: counts are exchanged
# message: counts are exchanged
def target_weights(probabilities, source_count, target_count, largest):
    return np.minimum(probabilities / (1 - probabilities) * target_count / source_count, largest)


# %% wrong: probabilities
# message: probabilities are returned
def target_weights(probabilities, source_count, target_count, largest):
    return probabilities


# %% wrong: nothing is cut
# message: nothing is cut
def target_weights(probabilities, source_count, target_count, largest):
    return probabilities / np.maximum(1 - probabilities, 1e-12) * source_count / target_count


# %% wrong: the other way round
# message: source and target are exchanged
def target_weights(probabilities, source_count, target_count, largest):
    return np.minimum((1 - probabilities) / np.maximum(probabilities, 1e-12) * target_count / source_count, largest)


# %% wrong: mean 1
# message: divided by their mean
def target_weights(probabilities, source_count, target_count, largest):
    weights = np.minimum(probabilities / np.maximum(1 - probabilities, 1e-12) * source_count / target_count, largest)
    return weights / weights.mean()


# %% wrong: cut before the counts
# message: odds are cut before the counts
def target_weights(probabilities, source_count, target_count, largest):
    return np.minimum(probabilities / np.maximum(1 - probabilities, 1e-12), largest) * source_count / target_count


# %% wrong: small weights are raised
# message: small weights are raised to 1
def target_weights(probabilities, source_count, target_count, largest):
    return np.clip(probabilities / np.maximum(1 - probabilities, 1e-12) * source_count / target_count, 1, largest)


# %% wrong: a probability of 1 counts nothing
# message: probability of 1 gets no weight
def target_weights(probabilities, source_count, target_count, largest):
    safe = np.where(probabilities < 1, 1 - probabilities, np.inf)
    return np.minimum(probabilities / safe * source_count / target_count, largest)
