# %% right: a counter of patience
def step_back(losses, patience):
    best_loss, best, waited = float("inf"), 0, 0
    for epoch, loss in enumerate(losses, 1):
        waited += 1
        if loss < best_loss:
            best_loss, best, waited = loss, epoch, 0
        if waited == patience:
            return epoch, best
    return len(losses), best


# %% right: numpy on what was seen
def step_back(losses, patience):
    losses = np.asarray(losses)
    for stop in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:stop])) + 1
        if stop - best >= patience:
            break
    return [stop, best]


# %% right: index of the minimum
def step_back(losses, patience):
    stop = 1
    while stop < len(losses) and stop - 1 - losses.index(min(losses[:stop])) < patience:
        stop += 1
    return stop, losses.index(min(losses[:stop])) + 1


# %% wrong: from nought
# message: counted from 0
def step_back(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


# %% wrong: the best of all, seen or not
# message: never trained
def step_back(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            break
    return epoch, int(np.argmin(losses)) + 1


# %% wrong: one epoch too long
# message: one epoch too long
def step_back(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best > patience:
            return epoch, best
    return len(losses), best


# %% wrong: swapped
# message: two are swapped
def step_back(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses)


# %% wrong: nothing stops it
# message: nothing stops it|never trained
def step_back(losses, patience):
    return len(losses), int(np.argmin(losses)) + 1


# %% wrong: the last epoch is kept
# message: last epoch is kept
def step_back(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, epoch
    return len(losses), len(losses)


# %% wrong: a tie counts as better
# message: tie counts as better
def step_back(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss <= losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best


# %% wrong: compares with the epoch before
# message: with the epoch before
def step_back(losses, patience):
    waited = 0
    for epoch in range(1, len(losses)):
        waited = waited + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if waited >= patience:
            return epoch + 1, int(np.argmin(losses[: epoch + 1])) + 1
    return len(losses), int(np.argmin(losses)) + 1


# %% right: by the callback of Keras
def step_back(losses, patience):
    stopping = keras.callbacks.EarlyStopping("loss", patience=patience, mode="min")
    stopping.set_model(keras.Sequential())
    stopping.model.stop_training = False
    stopping.on_train_begin()
    for epoch, loss in enumerate(losses):
        stopping.on_epoch_end(epoch, {"loss": loss})
        if stopping.model.stop_training:
            break
    return np.int64(epoch + 1), np.int64(stopping.best_epoch + 1)


# %% wrong: bad epochs in all
# message: in all, and not in a row
def step_back(losses, patience):
    best, bad = 1, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch > 1:
            bad += 1
        if bad >= patience:
            return epoch, best
    return len(losses), best


# %% wrong: the latest of several best epochs
# message: latest is kept|tie counts as better
def step_back(losses, patience):
    best, waited, lowest = 1, 0, float("inf")
    for epoch, loss in enumerate(losses, start=1):
        waited = 0 if loss < lowest else waited + 1
        if loss <= lowest:
            best, lowest = epoch, loss
        if waited >= patience:
            return epoch, best
    return len(losses), best


# %% wrong: the first epoch is skipped in counting
# message: counted from 0
def step_back(losses, patience):
    best_loss, best = losses[0], 0
    for epoch, loss in enumerate(losses[1:], start=1):
        if loss < best_loss:
            best_loss, best = loss, epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best


# %% wrong: equal losses use up no patience
# message: tie counts as better
def step_back(losses, patience):
    best, waited = 1, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best, waited = epoch, 0
        elif loss > losses[best - 1]:
            waited += 1
        if waited >= patience:
            return epoch, best
    return len(losses), best


# %% wrong: a small improvement does not count
# message: any loss below the best
def step_back(losses, patience):
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best] - 1e-2:
            best = i
        if i - best == patience:
            return i + 1, best + 1
    return len(losses), best + 1
