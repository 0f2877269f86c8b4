"""A small class to try the grading on: one student is right, one partly, one mistaken, one has not begun."""

import copy
import re

from tlcourse import notebooks

UNIT = "01_cnn_parameters"
STUDENTS = ("right", "partly_right", "mistaken", "untouched")

# What the mistaken student writes in unit 01: common misconceptions, one for each exercise.
MISTAKES = {
    "output_size": """\
def output_size(size, kernel, strides, padding):
    return size if padding == "same" else size - kernel + 1  # the stride is left out
""",
    "conv_parameters": """\
def conv_parameters(kernel, channels, filters, bias=True):
    return kernel * kernel * channels * filters + 1  # the whole layer shares one bias
""",
    "separable_parameters": """\
def separable_parameters(kernel, channels, filters):
    return kernel * kernel * channels * filters + filters  # a whole convolution
""",
    "batch_norm_parameters": """\
def batch_norm_parameters(channels, scale=True, frozen=False):
    return 4 * channels, 0  # all four vectors are taken as trainable
""",
    "network_parameters": """\
def network_parameters(layers, input_shape):
    height, width, channels = input_shape
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += layer["filters"] * (layer["kernel"] ** 2 * channels + 1)
            channels = layer["filters"]  # the strides do not shrink the map
        elif layer["kind"] == "flatten":
            channels = height * width * channels
        elif layer["kind"] == "dense":
            total += (channels + 1) * layer["units"]
            channels = layer["units"]
    return total
""",
    "trainable_after_freezing": """\
def trainable_after_freezing(model, transferred):
    for layer in model.layers[:transferred]:  # layers without weights are counted, too
        layer.trainable = False
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)
""",
    "multiply_adds": """\
def multiply_adds(layer, input_shape):
    if layer["kind"] == "dense":
        return (input_shape[-1] + 1) * layer["units"]  # biases are counted
    return layer["kernel"] ** 2 * input_shape[-1] * layer["filters"]  # these are the parameters
""",
}


def submissions(reference, release, mistakes=None):
    """The notebooks that the class hands in.

    Parameters
    ----------
    reference : nbformat.NotebookNode
        The unit with its solutions.
    release : nbformat.NotebookNode
        The students' copy of it.
    mistakes : dict of str to str, optional
        The mistaken student's code by exercise; unit 01's by default.

    Returns
    -------
    dict of str to nbformat.NotebookNode
        By student, in the order of `STUDENTS`. The partly right one has solved the first half of the exercises.

    Raises
    ------
    ValueError
        If the mistaken student has nothing to say on an exercise.
    """
    mistakes = MISTAKES if mistakes is None else mistakes
    exercises = list(notebooks.exercises(reference))
    if missing := [name for name in exercises if name not in mistakes]:
        raise ValueError(f"the sample class has no mistaken answer for {', '.join(missing)}")
    answers = {
        cell.metadata.nbgrader.grade_id: handed_in(cell.source)
        for cell in reference.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    first_half = {name: answers[name] for name in exercises[: (len(exercises) + 1) // 2]}
    filled = (answers, first_half, {name: mistakes[name] for name in exercises}, {})
    return {student: fill(release, given) for student, given in zip(STUDENTS, filled, strict=True)}


def fill(release, answers):
    """A copy of a student's notebook with the given source in the cells of these grade_ids."""
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    return notebook


def handed_in(solution):
    """A reference solution as a student would have written it: no markers, no mark scheme."""
    without_scheme = re.sub(r"\n*=== BEGIN MARK SCHEME ===.*?=== END MARK SCHEME ===", "", solution, flags=re.DOTALL)
    return re.sub(r"^ *### (BEGIN|END) SOLUTION *\n?", "", without_scheme, flags=re.MULTILINE).rstrip()
