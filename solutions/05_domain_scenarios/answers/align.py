# %% right: scipy's own
def align(target, source):
    return linalg.orthogonal_procrustes(target, source)[0]


# %% right: polar decomposition by eigenvalues
def align(target, source):
    product = target.T @ source
    values, vectors = np.linalg.eigh(product.T @ product)
    return product @ (vectors / np.sqrt(values)) @ vectors.T


# %% right: singular vectors of the other product, as a list
def align(target, source):
    u, s, vt = linalg.svd(source.T @ target)
    return (u @ vt).T.tolist()


# %% right: lists in, a tensor out
def align(target, source):
    target, source = np.array(target, float).tolist(), np.array(source, float).tolist()
    size = len(target[0])
    product = [[sum(t[i] * s[j] for t, s in zip(target, source)) for j in range(size)] for i in range(size)]
    u, _, vt = linalg.svd(product)
    return keras.ops.convert_to_tensor(u @ vt)


# %% wrong: transposed
# message: source and target are exchanged
def align(target, source):
    u, _, vt = np.linalg.svd(target.T @ source)
    return (u @ vt).T


# %% wrong: least squares
# message: any matrix is allowed
def align(target, source):
    return np.linalg.lstsq(target, source, rcond=None)[0]


# %% wrong: singular values kept
# message: singular values are kept
def align(target, source):
    return target.T @ source


# %% wrong: centered first
# message: clouds are centered first
def align(target, source):
    return linalg.orthogonal_procrustes(target - target.mean(axis=0), source - source.mean(axis=0))[0]


# %% wrong: numpy's V is taken for V transposed
# message: transposed already
def align(target, source):
    u, _, v = np.linalg.svd(target.T @ source)
    return u @ v.T


# %% wrong: reflections are undone
# message: reflections are excluded
def align(target, source):
    u, _, vt = np.linalg.svd(target.T @ source)
    signs = np.ones(len(u))
    signs[-1] = np.sign(np.linalg.det(u @ vt))
    return (u * signs) @ vt


# %% wrong: the rotated points
# message: shape is
def align(target, source):
    u, _, vt = np.linalg.svd(target.T @ source)
    return np.concatenate([target @ u @ vt, target @ u @ vt])


# %% wrong: nothing turns
# message: nothing is turned
def align(target, source):
    return np.eye(target.shape[1])


# %% wrong: an orthogonal matrix from another decomposition
# message: made orthogonal by a QR
def align(target, source):
    return np.linalg.qr(target.T @ source)[0]


# %% wrong: the orthogonal part of the least-squares solution
# message: least-squares solution is made orthogonal afterwards
def align(target, source):
    u, _, vt = np.linalg.svd(np.linalg.pinv(target) @ source)
    return u @ vt
