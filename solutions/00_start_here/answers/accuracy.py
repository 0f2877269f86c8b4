# %% right: the mean of the comparison
def accuracy(predicted, actual):
    return np.mean(predicted == actual)

# %% right: a loop and a division
def accuracy(predicted, actual):
    correct = 0
    for guess, label in zip(predicted, actual):
        if guess == label:
            correct += 1
    return correct / len(actual)

# %% right: scikit-learn's
def accuracy(predicted, actual):
    from sklearn.metrics import accuracy_score

    return accuracy_score(actual, predicted)

# %% right: a Keras metric, which gives a float32
def accuracy(predicted, actual):
    metric = keras.metrics.Accuracy()
    metric.update_state(actual, predicted)
    return float(metric.result())

# %% wrong: counts without dividing
# message: not divided by the number of all
def accuracy(predicted, actual):
    return np.sum(predicted == actual)

# %% wrong: the share of mistakes
# message: wrong predictions are counted
def accuracy(predicted, actual):
    return np.mean(predicted != actual)

# %% wrong: per cent
# message: percent
def accuracy(predicted, actual):
    return 100 * np.mean(predicted == actual)

# %% wrong: the example's answer
# message: should be
def accuracy(predicted, actual):
    return 0.75

# %% wrong: whole division
# message: should be 0\.75, but it is 0
def accuracy(predicted, actual):
    return np.sum(predicted == actual) // len(actual)

# %% wrong: prints and does not return
# message: is a `return` missing
def accuracy(predicted, actual):
    print(np.mean(predicted == actual))

# %% wrong: divides by the number of classes
# message: should be 0\.75
def accuracy(predicted, actual):
    return np.sum(predicted == actual) / len(np.unique(actual))

# %% wrong: compares each picture on its own
# message: shape
def accuracy(predicted, actual):
    return (predicted == actual).astype(float)

# %% wrong: rounds to a quarter
# message: should be
def accuracy(predicted, actual):
    return round(4 * np.mean(predicted == actual)) / 4
