# %% right: numpy's average
def federated_average(networks, counts):
    return [np.average(arrays, axis=0, weights=counts) for arrays in zip(*networks)]


# %% right: a running sum
def federated_average(networks, counts):
    total = float(sum(counts))
    mean = [np.zeros(np.shape(array)) for array in networks[0]]
    for network, count in zip(networks, counts):
        for place, array in enumerate(network):
            mean[place] += count / total * array
    return mean


# %% right: tensordot
def federated_average(networks, counts):
    shares = np.array(counts) / np.sum(counts)
    return [np.tensordot(shares, np.stack(arrays), axes=1) for arrays in zip(*networks)]


# %% right: repeated clients
def federated_average(networks, counts):
    copies = [network for network, count in zip(networks, counts) for _ in range(count)]
    return [np.mean(arrays, axis=0) for arrays in zip(*copies)]


# %% wrong: alike
# message: all clients count alike
def federated_average(networks, counts):
    return [np.mean(arrays, axis=0) for arrays in zip(*networks)]


# %% wrong: not divided
# message: sum is not divided
def federated_average(networks, counts):
    return [sum(c * a for c, a in zip(counts, arrays)) for arrays in zip(*networks)]


# %% wrong: divided by clients
# message: divided by the number of clients
def federated_average(networks, counts):
    return [sum(c * a for c, a in zip(counts, arrays)) / len(counts) for arrays in zip(*networks)]


# %% wrong: largest
# message: divided by the largest
def federated_average(networks, counts):
    return [sum(c / max(counts) * a for c, a in zip(counts, arrays)) for arrays in zip(*networks)]


# %% wrong: most clips
# message: client with the most clips
def federated_average(networks, counts):
    return [np.array(a, float) for a in networks[int(np.argmax(counts))]]


# %% wrong: inverse
# message: inverse counts
def federated_average(networks, counts):
    w = 1 / np.maximum(np.array(counts, float), 1e-9)
    return [np.average(arrays, axis=0, weights=w) for arrays in zip(*networks)]


# %% wrong: median
# message: median
def federated_average(networks, counts):
    return [np.median(arrays, axis=0) for arrays in zip(*networks)]


# %% wrong: pairs
# message: averaged in pairs
def federated_average(networks, counts):
    mean = networks[0]
    for network in networks[1:]:
        mean = [(m + a) / 2 for m, a in zip(mean, network)]
    return mean


# %% wrong: squares
# message: squares of the counts
def federated_average(networks, counts):
    return [np.average(arrays, axis=0, weights=np.array(counts) ** 2) for arrays in zip(*networks)]


# %% wrong: first array
# message: only the first array
def federated_average(networks, counts):
    return [np.average([n[0] for n in networks], axis=0, weights=counts)]


# %% wrong: in place
# message: changes its argument
def federated_average(networks, counts):
    mean = networks[0]
    for place in range(len(mean)):
        mean[place] = np.average([n[place] for n in networks], axis=0, weights=counts)
    return mean


# %% wrong: into whole numbers
# message: array of whole numbers
def federated_average(networks, counts):
    mean = [np.zeros_like(array) for array in networks[0]]
    for network, count in zip(networks, counts):
        for place, array in enumerate(network):
            mean[place] += count / sum(counts) * array
    return mean


# %% wrong: cut off
# message: cut off
def federated_average(networks, counts):
    return [np.floor(np.average(arrays, axis=0, weights=counts)) for arrays in zip(*networks)]


# %% wrong: at least one clip
# message: counts as one clip
def federated_average(networks, counts):
    return [np.average(arrays, axis=0, weights=np.maximum(counts, 1)) for arrays in zip(*networks)]


# %% right: np.average
def federated_average(networks, counts):
    return [np.average(np.stack(arrays), axis=0, weights=counts) for arrays in zip(*networks)]


# %% right: loops
def federated_average(networks, counts):
    total = sum(counts)
    result = [np.zeros(np.shape(array)) for array in networks[0]]
    for network, count in zip(networks, counts):
        for k, array in enumerate(network):
            result[k] = result[k] + np.asarray(array, float) * count / total
    return result


# %% right: tensordot, another way
def federated_average(networks, counts):
    share = np.asarray(counts, float) / np.sum(counts)
    return [np.tensordot(share, np.array(arrays, float), axes=1) for arrays in zip(*networks)]


# %% wrong: whole numbers stay whole
# message: the result is cut off to whole numbers where the clients' ar
def federated_average(networks, counts):
    return [np.average(np.stack(arrays), axis=0, weights=counts).astype(arrays[0].dtype) for arrays in zip(*networks)]


# %% wrong: square roots of the counts
# message: the square roots of the counts are used
def federated_average(networks, counts):
    return [np.average(np.stack(arrays), axis=0, weights=np.sqrt(counts)) for arrays in zip(*networks)]


# %% wrong: weights in the wrong order of clients
# message: the counts are in the reverse order of the clients
def federated_average(networks, counts):
    return [np.average(np.stack(arrays), axis=0, weights=counts[::-1]) for arrays in zip(*networks)]


# %% wrong: a running mean that weights later clients too much
# message: the mean runs through the clients, and each one is weighed a
def federated_average(networks, counts):
    result = [np.asarray(a, float) for a in networks[0]]
    for network, count, before in zip(networks[1:], counts[1:], counts):
        share = count / max(count + before, 1)
        result = [(1 - share) * old + share * new for old, new in zip(result, network)]
    return result
