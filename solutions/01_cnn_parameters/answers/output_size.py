# %% right: with a dictionary of both paddings
def output_size(size, kernel, strides, padding):
    span = {"same": size, "valid": size - kernel + 1}[padding]
    return math.ceil(span / strides)


# %% right: by counting the stops in a loop
def output_size(size, kernel, strides, padding):
    last = size - 1 if padding == "same" else size - kernel
    stops = 0
    for start in range(0, size, strides):
        if start <= last:
            stops += 1
    return stops


# %% right: by asking Keras
def output_size(size, kernel, strides, padding):
    layer = keras.layers.Conv2D(1, kernel_size=kernel, strides=strides, padding=padding)
    return layer.compute_output_shape((1, size, size, 1))[2]


# %% right: with numpy, as a whole float
def output_size(size, kernel, strides, padding):
    if padding == "valid":
        return np.floor((size - kernel) / strides) + 1
    return np.ceil(size / strides)


# %% wrong: forgets the padding
# message: "same" is treated like "valid"
def output_size(size, kernel, strides, padding):
    return (size - kernel) // strides + 1


# %% wrong: pads always
# message: "valid" is treated like "same"
def output_size(size, kernel, strides, padding):
    return math.ceil(size / strides)


# %% wrong: forgets the stride
# message: the stride is left out
def output_size(size, kernel, strides, padding):
    return size if padding == "same" else size - kernel + 1


# %% wrong: does not count the first position
# message: first position is not counted
def output_size(size, kernel, strides, padding):
    return math.ceil(size / strides) if padding == "same" else (size - kernel) // strides


# %% wrong: rounds "same" down
# message: rounded down where "same" rounds up
def output_size(size, kernel, strides, padding):
    return size // strides if padding == "same" else (size - kernel) // strides + 1


# %% wrong: rounds "valid" up
# message: rounded up where "valid" rounds down
def output_size(size, kernel, strides, padding):
    return math.ceil(size / strides) if padding == "same" else math.ceil((size - kernel) / strides) + 1


# %% wrong: pads half a kernel on each side, which fails for even kernels
# message: should be .* but it is
def output_size(size, kernel, strides, padding):
    zeros = kernel // 2 if padding == "same" else 0
    return (size + 2 * zeros - kernel) // strides + 1


# %% wrong: prints instead of returning
# message: Is a `return` missing
def output_size(size, kernel, strides, padding):
    print(math.ceil(size / strides) if padding == "same" else (size - kernel) // strides + 1)


# %% wrong: knows the visible cases by heart
# message: should be .* but it is
def output_size(size, kernel, strides, padding):
    return 16 if padding == "same" else 28


# %% wrong: not solved
# message: not solved yet
def output_size(size, kernel, strides, padding):
    raise NotImplementedError


# %% right: as a fraction, rounded
from fractions import Fraction


def output_size(size, kernel, strides, padding):
    span = Fraction(size if padding == "same" else size - kernel + 1, strides)
    return span.__ceil__()


# %% wrong: one more before the division
# message: the first position is counted before the division by the stride
def output_size(size, kernel, strides, padding):
    return math.ceil(size / strides) if padding == "same" else (size - kernel + 1) // strides


# %% wrong: always one more
# message: one position too many where the stride divides the size
def output_size(size, kernel, strides, padding):
    return size // strides + 1 if padding == "same" else (size - kernel) // strides + 1


# %% wrong: does not round
# message: the size is not rounded
def output_size(size, kernel, strides, padding):
    return size / strides if padding == "same" else (size - kernel) / strides + 1


# %% wrong: the two kinds of padding swapped
# message: "same" and "valid" are swapped
def output_size(size, kernel, strides, padding):
    return math.ceil(size / strides) if padding == "valid" else (size - kernel) // strides + 1


# %% wrong: rounds to the nearest integer
# message: rounded to the nearest integer where "same" rounds up
def output_size(size, kernel, strides, padding):
    return round(size / strides) if padding == "same" else (size - kernel) // strides + 1
