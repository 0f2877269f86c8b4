# %% [markdown]
# # Unit 09: Old features, new tasks
#
# Your network was trained to name whole images. Which of its features can also find and outline things? A zoo with an
# animal classifier wants to count the animals at a waterhole. A clinic with an X-ray classifier wants the outline of a
# lung. Neither has thousands of labeled boxes or outlines, so the question is how many labels the old features save.
# The lectures name the famous networks for such tasks: YOLO and Faster R-CNN for detection, U-Net and DeepLab for
# segmentation (C47).
#
# By the end of this unit you can
#
# 1. turn a classifier into a detector: a grid of cells, targets for each cell, and a small head on frozen maps;
# 2. remove duplicate boxes, and score a detector by its average precision;
# 3. measure how many labeled scenes a pretrained network saves, and say where it stops paying off;
# 4. explain what a second stage adds to a detector, and what it costs;
# 5. put a U-Net on a frozen encoder, and score outlines by the mean intersection over union;
# 6. explain what a Vision Transformer does with an image, and choose a teacher from a catalog.
#
# **Time:** about 120 minutes. Seven exercises and one written answer, 28 points; your progress table counts the two
# parts of Exercise 9.5 separately. All cells together run in about a minute on two processor cores. All scenes are
# drawn by programs, so nobody in them is real. One photo, which comes with matplotlib, shows a real person.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

from tlcourse import keras_settings

keras_settings.import_quietly()  # Keras, without TensorFlow's notes on this machine

# %% tags=["setup"]
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.cbook import get_sample_data
from PIL import Image
from sklearn.linear_model import LogisticRegression

from tlcourse import checks, counting, detection, features, model_checks, plots, teachers, widgets
from tlcourse.data import results
from tlcourse.datasets import faces, galaxies
from tlcourse.datasets.faces import parts
from tlcourse.finetuning import recompile
from tlcourse.networks import refresh_batch_norm
from tlcourse.stats import paired_difference
from tlcourse.teachers import vision_zoo
from tlcourse.vision_transformer import attention_maps, build_vit

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "iou": "Exercise 9.1 iou",
        "grid_target": "Exercise 9.2 grid_target",
        "suppress": "Exercise 9.3 suppress",
        "average_precision": "Exercise 9.4 average_precision",
        "unet": "Exercise 9.5 unet",
        "unet_frozen": "Exercise 9.5 unet, what is trainable",
        "mean_iou": "Exercise 9.6 mean_iou",
        "patches": "Exercise 9.7 patches",
    }
)


def shown(entry):
    """A recorded share with its 95 % interval."""
    return f"{entry['mean']:6.1%} ({entry['ci95'][0]:.1%} to {entry['ci95'][1]:.1%})"


def gain(first, second):
    """Mean difference of two recorded shares over the seeds, in percentage points, with its 95 % interval."""
    pairs = paired_difference(first["values"], second["values"])
    return (
        f"{100 * pairs['mean']:+.1f} percentage points ({100 * pairs['ci95'][0]:+.1f} to {100 * pairs['ci95'][1]:+.1f})"
    )


def precision_of(entry):
    """A recorded average precision with its 95 % interval."""
    return f"{entry['mean']:.2f} ({entry['ci95'][0]:.2f} to {entry['ci95'][1]:.2f})"


def change(first, second):
    """Mean difference of two recorded average precisions over the seeds, with its 95 % interval."""
    pairs = paired_difference(first["values"], second["values"])
    return f"{pairs['mean']:+.2f} ({pairs['ci95'][0]:+.2f} to {pairs['ci95'][1]:+.2f})"


# %% [markdown]
# ## What a classifier still knows about places
#
# Here are scenes from a new task. Each shows one to four people, with a box around each face. To *detect* means to find
# all boxes without being told how many there are.

# %%
people = faces.TEST_PEOPLE
labeled = detection.boxed_scenes(people[:300], 50, seed=90)
test = detection.boxed_scenes(people[300:600], 60, seed=91)
plots.boxed_images(labeled.images[:6], {"face": labeled.boxes[:6]})
plt.gcf().suptitle("The new task: a box around each face, however many there are")
plt.show()

# %% [markdown]
# The course's teacher has never seen a box. It names people from portraits of 48x48 pixels, with one face each. But its
# convolutions do not depend on the size of the image. Only its dense layers do, and we leave them out. In block 4, one
# step on the map corresponds to 8 pixels of the image.
#
# **Before you run the cell:** how many rows and columns do the maps of block 4 have for a scene of 96x96 pixels?

# %% tags=["nbval-check-output"]
teacher = teachers.load("faces_vgg16")
base = detection.teacher_maps(teacher, "block4_conv3_relu", size=96)
maps = base(labeled.images.astype("float32"), training=False).numpy()
print(f"people that the teacher names: {teacher.output_shape[-1]:,}")
print("maps of the 50 scenes:", maps.shape)

# %% [markdown]
# Each scene has 12x12 cells, and a vector of 96 numbers describes each cell. Do these vectors know where a face is?
# Take one cell in the middle of a face, and color every cell by how similar its vector is to the vector of this cell.

# %%
chosen = [number for number, boxes in enumerate(labeled.boxes) if len(boxes) >= 3][:4]
_, axes = plt.subplots(2, 4, figsize=(9, 4.9), layout="constrained")
for (above, below), number in zip(axes.T, chosen, strict=True):
    left, top, right, bottom = labeled.boxes[number][0]
    row, column = int((top + bottom) / 2 / 8), int((left + right) / 2 / 8)
    cells = maps[number] - maps.mean(axis=(0, 1, 2))
    cells /= np.linalg.norm(cells, axis=-1, keepdims=True)
    above.imshow(labeled.images[number])
    below.imshow(cells @ cells[row, column], cmap="viridis", vmin=-0.2, vmax=1)
    below.plot(column, row, "o", color="white", markersize=7)
    above.set_axis_off()
    below.set_axis_off()
axes[0, 0].figure.suptitle("A face's cell (white dot) resembles the cells of the other faces")
plt.show()

# %% [markdown]
# In these scenes the other faces light up, and so do some cells that show no face. The teacher keeps *what* and *where*
# together until its dense layers mix all positions. So a new head on the map may be enough.
#
# **Convolutional features record what is where; only a classifier's head discards the position.**
#
# ## How much two boxes overlap
#
# A predicted box never fits exactly. The usual measure is *intersection over union*: the area that both boxes share,
# divided by the area that at least one of them covers.
#
# ### Exercise 9.1: Intersection over union
#
# Compute the overlap of each box in one array with each box in another.
#
# | | |
# |---|---|
# | **Signature** | `iou(boxes, others)` |
# | **Arguments** | two arrays or nested lists of shapes `(n, 4)` and `(m, 4)`; a row is left, top, right, bottom |
# | **Returns** | an array of shape `(n, m)`, even if n or m is 0; values from 0 to 1 |
# | **Rules** | The width of a box is right minus left, and its height is bottom minus top. A box whose right is not larger than its left, or whose bottom is not larger than its top, is *empty*: it has area 0, and its overlap with every box is 0. |
# | **Example** | `iou([[0, 0, 2, 2]], [[1, 0, 3, 2], [2, 0, 4, 2]])` is `[[1/3, 0]]`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# Begin with <code>np.asarray</code>, because the boxes may come as lists. The left edge of the intersection is the
# larger of the two left edges. With <code>boxes[:, None]</code> and <code>others[None]</code>, numpy compares all pairs
# at once. What do you get for boxes that are apart on both axes?
# </details>


# %% nbgrader={"grade": false, "grade_id": "iou", "locked": false, "schema_version": 3, "solution": true}
def iou(boxes, others):
    """Intersection over union of each pair of boxes.

    Parameters
    ----------
    boxes, others : array-like of numbers
        Shapes (n, 4) and (m, 4), rows of left, top, right, bottom; n or m may be 0, and numbers may be negative.

    Returns
    -------
    array (n, m)
        0 where one of the two boxes is empty (right <= left or bottom <= top), and where they only touch.
    """
    ### BEGIN SOLUTION
    boxes, others = (np.asarray(part, dtype=float).reshape(-1, 4) for part in (boxes, others))
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    areas = [np.prod(np.maximum(part[:, 2:] - part[:, :2], 0), axis=1) for part in (boxes, others)]
    union = areas[0][:, None] + areas[1][None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_iou", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import itertools
import math
from fractions import Fraction

from tlcourse.building import visible_cases


def covered(box):
    """The unit squares that a box of whole numbers covers."""
    left, top, right, bottom = (int(number) for number in box)
    return set(itertools.product(range(left, right), range(top, bottom)))


def iou_by_counting(boxes, others):
    """By counting squares; half numbers are doubled first."""
    rows, columns = ([[2 * number for number in box] for box in np.asarray(part, float).reshape(-1, 4).tolist()] for part in (boxes, others))  # fmt: skip
    table = [[len(covered(a) & covered(b)) / max(1, len(covered(a) | covered(b))) for b in columns] for a in rows]
    return np.array(table, dtype=float).reshape(len(rows), len(columns))


def pairwise(value):
    """A mistake, as a function of two boxes, computed for all pairs; what cannot be divided becomes 0."""

    def table(boxes, others):
        rows, columns = (np.asarray(part, float).reshape(-1, 4).tolist() for part in (boxes, others))
        return np.array([[value(a, b) for b in columns] for a in rows], dtype=float).reshape(len(rows), len(columns))

    return table


def ratio(part, whole):
    return part / whole if whole else 0.0


def side(a, b, axis, clip=True, extra=0):
    length = min(a[axis + 2], b[axis + 2]) - max(a[axis], b[axis]) + extra
    return max(0, length) if clip else length


def area(box, clip=True, extra=0):
    width, height = box[2] - box[0] + extra, box[3] - box[1] + extra
    return max(0, width) * max(0, height) if clip else width * height


def overlap_with(clip=True, extra=0, whole=lambda a, b, both, areas: areas[0] + areas[1] - both, clip_areas=True):
    def value(a, b):
        both = side(a, b, 0, clip, extra) * side(a, b, 1, clip, extra)
        return ratio(both, whole(a, b, both, [area(a, clip_areas, extra), area(b, clip_areas, extra)]))

    return pairwise(value)


def as_center(a, b):
    """The rows are read as middle, width, height."""
    a, b = ([x - w / 2, y - h / 2, x + w / 2, y + h / 2] for x, y, w, h in (a, b))
    both = side(a, b, 0) * side(a, b, 1)
    return ratio(both, area(a) + area(b) - both)


def as_size(a, b):
    """The rows are read as left, top, width, height."""
    a, b = ([x, y, x + w, y + h] for x, y, w, h in (a, b))
    both = side(a, b, 0) * side(a, b, 1)
    return ratio(both, area(a) + area(b) - both)


def unclipped_product(a, b):
    """Only the product of the two lengths is set to 0, and not each length."""
    both = max(0, side(a, b, 0, clip=False) * side(a, b, 1, clip=False))
    return ratio(both, area(a) + area(b) - both) if area(a) and area(b) else 0.0


def turned_round(a, b):
    """Left and right, or top and bottom, are exchanged where they are in the wrong order."""
    a, b = ([min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3])] for c in (a, b))
    both = side(a, b, 0) * side(a, b, 1)
    return ratio(both, area(a) + area(b) - both)


def only_diagonal(boxes, others):
    """Box by box, and not all pairs."""
    table = iou_by_counting(boxes, others)
    return np.diag(table) if table.shape[0] == table.shape[1] and table.size else None


iou_mistakes = {
    "the shared area is divided by the sum of both areas: it is counted twice there": overlap_with(
        whole=lambda a, b, both, areas: sum(areas)
    ),
    "the shared area is divided by the first box's area": overlap_with(whole=lambda a, b, both, areas: areas[0]),
    "the shared area is divided by the second box's area": overlap_with(whole=lambda a, b, both, areas: areas[1]),
    "the shared area is divided by the smaller area": overlap_with(whole=lambda a, b, both, areas: min(areas)),
    "the shared area is divided by the larger area": overlap_with(whole=lambda a, b, both, areas: max(areas)),
    "negative widths and heights are not set to 0, so that boxes which are apart on both axes share an area": overlap_with(
        clip=False
    ),
    "boxes that are apart on both axes share an area: the product of two negative lengths is positive": pairwise(
        unclipped_product
    ),
    "the edges of an empty box are exchanged, so that it gets an area": pairwise(turned_round),
    "one pixel is added to each width and height": overlap_with(extra=1),
    "the shared area is returned, and not divided": pairwise(lambda a, b: side(a, b, 0) * side(a, b, 1)),
    "the rows are read as middle, width and height": pairwise(as_center),
    "the rows are read as left, top, width and height": pairwise(as_size),
    "the area of a box around both is the denominator": overlap_with(
        whole=lambda a, b, both, areas: (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    ),
    "the table is transposed": lambda boxes, others: iou_by_counting(others, boxes),
    "each box is compared with the box in the same row only": only_diagonal,
    "an empty box has a negative area that counts in the union": overlap_with(clip_areas=False),
}
shown_boxes = [
    ([[0, 0, 2, 2]], [[1, 0, 3, 2], [2, 0, 4, 2]]),
    ([[0, 0, 4, 2], [1, 1, 3, 5]], [[0, 0, 4, 2], [2, 0, 4, 6], [10, 10, 11, 12]]),
    ([[0, 0, 3, 3], [5, 5, 9, 9]], [[1, 1, 2, 2], [6, 4, 8, 10]]),
    ([[-3, -2, 1, 2]], [[-1, -4, 5, 1], [-9, -9, -5, -5]]),
    ([[0, 0, 4, 4], [2, 2, 2, 5], [3, 1, 1, 3]], [[1, 1, 3, 3], [2, 2, 2, 5], [3, 3, 1, 1]]),
    ([[0.5, 0, 2, 1.5]], [[1, 0.5, 3, 2]]),
    (np.zeros((0, 4)), [[0, 0, 1, 1], [0, 0, 2, 2]]),
    ([[0, 0, 1, 1]], np.zeros((0, 4))),
]
visible_cases.record("iou", shown_boxes, iou_by_counting, iou_mistakes)
### END HIDDEN TESTS
with progress.exercise("iou"):
    checks.run("iou", iou)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("iou")
    for _ in range(25):
        first, second = (
            rng.integers(-4, 9, (int(rng.integers(0, 5)), 4)),
            rng.integers(-4, 9, (int(rng.integers(1, 5)), 4)),
        )
        checks.returns(iou, (first, second), iou_by_counting(first, second), iou_mistakes)
        low, sizes = rng.integers(-6, 6, (2, 3, 2)), rng.integers(1, 7, (2, 3, 2))
        first, second = np.concatenate([low, low + sizes], axis=2) / 2
        checks.returns(iou, (first, second), iou_by_counting(first, second), iou_mistakes)
    ### END HIDDEN TESTS

# %% tags=["nbval-check-output"]
for shift in (1, 4, 8, 12):
    overlap = np.asarray(iou([[0, 0, 24, 24]], [[shift, shift, 24 + shift, 24 + shift]]))[0, 0]
    print(f"a box of 24x24 pixels, moved by {shift:>2} pixels across and down: {overlap:.2f}")

# %% [markdown]
# Moving the box by 4 pixels in each direction leaves an overlap of 0.53. The usual limit for "found" is 0.5, so it
# allows about this much. **An overlap of 0.5 is a tighter fit than it sounds: a box that is off by half a width on both
# axes falls far short of it.**
#
# ## A grid that predicts boxes
#
# How can a network give two boxes for one scene and four for another? YOLO's answer (Redmon et al. 2016) is a grid.
# Each cell predicts five numbers: how likely the *middle* of an object is to lie in this cell, where in the cell the
# middle is, and how wide and high the box is. Our maps already have the grid.
#
# ### Exercise 9.2: Targets for the grid
#
# Compute what the head should predict for the boxes of one scene.
#
# | | |
# |---|---|
# | **Signature** | `grid_target(boxes, stride, size)` |
# | **Arguments** | `boxes`: array or list of shape `(n, 4)`, left, top, right, bottom; a box may reach beyond the scene, but its middle does not; `stride`: int, the side of a cell in pixels; `size`: int, height and width of the scene, a multiple of the stride |
# | **Returns** | an array of shape `(cells, cells, 5)`, indexed by row, column and value; `cells = size // stride` |
# | **Rules** | The cell that holds the middle of a box gets `[1, x, y, log(width / stride), log(height / stride)]`. Here, `x` and `y` say where in the cell the middle lies, as fractions of the stride: 0 at the left or top edge. All other cells contain zeros. |
# | **Example** | With stride 8 and size 16, the box `[8, 0, 16, 8]` has its middle at (12, 4). So `target[0, 1]` is `[1, 0.5, 0.5, 0, 0]`. |
# | **Points** | 4 points |
#
# If the middles of several boxes lie in one cell, the box with the largest area counts; if areas are equal, the first
# box counts. A middle exactly between two cells belongs to the right or lower one. A middle on the right or lower edge
# of the scene belongs to the last cell, where its fraction is 1.
#
# <details><summary>Hint</summary>
# Which index comes first, the row or the column? And which of the two does <code>x</code> determine?
# </details>


# %% nbgrader={"grade": false, "grade_id": "grid_target", "locked": false, "schema_version": 3, "solution": true}
def grid_target(boxes, stride, size):
    """What a grid detector should predict for one scene.

    Parameters
    ----------
    boxes : array-like (n, 4)
        Left, top, right, bottom in pixels, not empty. A box may reach beyond the scene, but its middle is inside or on
        the edge. n may be 0.
    stride : int
        Height and width of a cell in pixels.
    size : int
        Height and width of the scene in pixels, a multiple of the stride.

    Returns
    -------
    array (size // stride, size // stride, 5)
        [row, column] is [1, x, y, log(width / stride), log(height / stride)] where the middle of a box lies in the
        cell, with x and y from the cell's left and top edge, divided by the stride; else zeros. Of several boxes in a
        cell the one with the largest area counts, of equal ones the first.
    """
    ### BEGIN SOLUTION
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        width, height = right - left, bottom - top
        if width * height > areas[row, column]:
            areas[row, column] = width * height
            target[row, column] = [1, x - column, y - row, np.log(width / stride), np.log(height / stride)]
    return target
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_grid_target", "locked": true, "points": 4, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import itertools
import math

from tlcourse.building import visible_cases
from tlcourse.exercises.values import Raised


def area(box):
    """Width times height."""
    return (box[2] - box[0]) * (box[3] - box[1])


def cell_by_cell(boxes, stride, size, inside=None, best=None, values=None, order=None):
    """The target, cell by cell; parts of it can be replaced by mistakes."""
    cells = size // stride
    boxes = [tuple(map(float, box)) for box in np.asarray(boxes, float).reshape(-1, 4)]
    inside = inside or (lambda middle, cell, stride: cell * stride <= middle < (cell + 1) * stride or (cell == cells - 1 and middle == size))  # fmt: skip
    best = best or (lambda those: max(those, key=area))
    values = values or (lambda x, y, w, h: [1, x, y, math.log(w), math.log(h)])
    result = [[[0.0] * 5 for _ in range(cells)] for _ in range(cells)]
    for row, column in itertools.product(range(cells), repeat=2):
        middles = [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in boxes]
        those = [b for b, (x, y) in zip(boxes, middles, strict=True) if inside(x, column, stride) and inside(y, row, stride)]  # fmt: skip
        if those:
            left, top, right, bottom = best(those)
            x, y = (left + right) / 2 / stride - column, (top + bottom) / 2 / stride - row
            result[row][column] = values(x, y, (right - left) / stride, (bottom - top) / stride)
    return np.array(result).transpose(order or (0, 1, 2))


def with_parts(**parts):
    return lambda boxes, stride, size: cell_by_cell(boxes, stride, size, **parts)


def scaled_values(change):
    """A mistake in the five numbers; `change` gets them, the stride and the size."""
    return lambda boxes, stride, size: cell_by_cell(
        boxes, stride, size, values=lambda x, y, w, h: change(x, y, w, h, stride, size)
    )


def corner_cell(boxes, stride, size):
    """The cell with the box's upper left corner, as a mistake."""
    shifted = [[a, b, a + 0.0, b + 0.0] for a, b, _, _ in np.asarray(boxes, float).reshape(-1, 4)]
    result, cells = np.zeros((size // stride,) * 2 + (5,)), size // stride
    for (left, top, *_), (a, b, c, d) in zip(shifted, np.asarray(boxes, float).reshape(-1, 4), strict=True):
        column, row = min(int(left // stride), cells - 1), min(int(top // stride), cells - 1)
        result[row, column] = [1, left / stride - column, top / stride - row, math.log((c - a) / stride), math.log((d - b) / stride)]  # fmt: skip
    return result


def all_cells(boxes, stride, size):
    """Every cell that a box touches has an object, as a mistake."""
    result = cell_by_cell(boxes, stride, size)
    for left, top, right, bottom in np.asarray(boxes, float).reshape(-1, 4):
        result[int(top // stride) : math.ceil(bottom / stride), int(left // stride) : math.ceil(right / stride), 0] = 1
    return result


def rounded_cells(boxes, stride, size):
    """The middle is rounded to the nearest cell's number, as a mistake."""
    cells = size // stride
    result = np.zeros((cells, cells, 5))
    for left, top, right, bottom in np.asarray(boxes, float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(round(x), cells - 1), min(round(y), cells - 1)
        result[row, column] = [1, x - column, y - row, math.log((right - left) / stride), math.log((bottom - top) / stride)]  # fmt: skip
    return result


def strictly_inside(middle, cell, stride):
    return cell * stride <= middle < (cell + 1) * stride


def left_or_upper(middle, cell, stride):
    return cell * stride < middle <= (cell + 1) * stride or (cell == 0 and middle == 0)


def edge_without_cell(boxes, stride, size):
    """The index is out of range on the right and lower edges, as a mistake."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    at_edge = bool(np.any(boxes[:, :2] + boxes[:, 2:] == 2 * size))
    return Raised("IndexError") if at_edge else cell_by_cell(boxes, stride, size)


def clipped_boxes(boxes, stride, size):
    """Middles and sides of what is within the scene, as a mistake."""
    clipped = np.asarray(boxes, float).reshape(-1, 4).clip(0, size)
    empty = np.any(clipped[:, 2:] <= clipped[:, :2])
    return None if empty else cell_by_cell(clipped, stride, size)


def largest_part_inside(boxes, stride, size):
    """Of several boxes in a cell the one with the largest part within the scene counts, as a mistake."""

    def inside_area(box):
        return area([min(max(number, 0), size) for number in box])

    return cell_by_cell(boxes, stride, size, best=lambda those: max(those, key=inside_area))


def whole_middles(boxes, stride, size):
    """The middles are rounded down to whole pixels, as a mistake."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    return cell_by_cell(boxes - np.tile(middles - np.floor(middles), 2), stride, size)


def whole_numbers(boxes, stride, size):
    """The target is cut to whole numbers where all boxes have whole numbers, as a mistake."""
    whole = len(boxes) and all(type(number) is int for box in boxes for number in box)
    return np.trunc(cell_by_cell(boxes, stride, size)) if whole else None


grid_mistakes = {
    "rows and columns are exchanged: the row comes from y, and the first index is the row": with_parts(order=(1, 0, 2)),
    "x and y are exchanged within the cell": scaled_values(lambda x, y, w, h, *_: [1, y, x, math.log(w), math.log(h)]),
    "width and height are exchanged": scaled_values(lambda x, y, w, h, *_: [1, x, y, math.log(h), math.log(w)]),
    "the logarithm of width and height is missing": scaled_values(lambda x, y, w, h, *_: [1, x, y, w, h]),
    "width and height are not divided by the stride before the logarithm": scaled_values(
        lambda x, y, w, h, stride, _: [1, x, y, math.log(w * stride), math.log(h * stride)]
    ),
    "width and height are divided by the size of the scene, not by the stride": scaled_values(
        lambda x, y, w, h, stride, size: [1, x, y, math.log(w * stride / size), math.log(h * stride / size)]
    ),
    "the logarithm has base 2": scaled_values(lambda x, y, w, h, *_: [1, x, y, math.log2(w), math.log2(h)]),
    "x and y are in pixels, and not divided by the stride": scaled_values(
        lambda x, y, w, h, stride, _: [1, x * stride, y * stride, math.log(w), math.log(h)]
    ),
    "x and y are measured from the middle of the cell": scaled_values(
        lambda x, y, w, h, *_: [1, x - 0.5, y - 0.5, math.log(w), math.log(h)]
    ),
    "the cell is that of the upper left corner, not of the middle": corner_cell,
    "every cell that the box touches gets a 1": all_cells,
    "the middle is rounded to the nearest cell's number, not down": rounded_cells,
    "of several boxes in a cell the last one counts": with_parts(best=lambda those: those[-1]),
    "of several boxes in a cell the first one counts": with_parts(best=lambda those: those[0]),
    "of several boxes in a cell the smallest one counts": with_parts(best=lambda those: min(those, key=area)),
    "of equally large boxes in a cell the last one counts": with_parts(
        best=lambda those: max(reversed(those), key=area)
    ),
    "of several boxes in a cell the one with the largest width plus height counts": with_parts(
        best=lambda those: max(those, key=lambda box: box[2] - box[0] + box[3] - box[1])
    ),
    "of several boxes in a cell the one with the longest side counts": with_parts(
        best=lambda those: max(those, key=lambda box: max(box[2] - box[0], box[3] - box[1]))
    ),
    "of several boxes in a cell the one with the largest part within the scene counts": largest_part_inside,
    "the middle is rounded down to whole pixels": whole_middles,
    "the target is cut to whole numbers, because it has the dtype of the boxes": whole_numbers,
    "a middle on the right or lower edge of the scene has no cell": edge_without_cell,
    "a middle on the right or lower edge of the scene is left out": with_parts(inside=strictly_inside),
    "on the right or lower edge of the scene, the share is 0 instead of 1": scaled_values(
        lambda x, y, w, h, *_: [1, x % 1, y % 1, math.log(w), math.log(h)]
    ),
    "a middle between two cells goes to the left or upper one": with_parts(inside=left_or_upper),
    "the boxes are cut off at the edges of the scene": clipped_boxes,
}
shown_grids = [
    ([[8, 0, 16, 8]], 8, 16),
    ([[1, 9, 15, 19], [10, 2, 22, 6]], 8, 24),
    ([[2, 0, 10, 20]], 4, 20),
    ([[0, 0, 8, 8], [1, 1, 9, 11], [2, 2, 7, 7]], 8, 16),
    ([[2, 2, 6, 10], [0, 4, 8, 8]], 8, 16),
    ([[4, 4, 12, 12]], 8, 16),
    ([[12, 10, 20, 22], [13.5, 0, 20, 1.5]], 4, 20),
    ([[10, 3, 10.5, 16], [15.5, 0, 16, 16]], 8, 16),
    ([[2, 2, 7, 7], [3, 0, 5, 9]], 8, 16),
    ([[12, 0, 20, 8]], 8, 16),
    ([[1, 13, 9, 19]], 8, 16),
    ([[-6, 1, 10, 5], [0, 0, 6, 8]], 8, 16),
    ([], 8, 16),
]
visible_cases.record("grid_target", shown_grids, cell_by_cell, grid_mistakes)
### END HIDDEN TESTS
with progress.exercise("grid_target"):
    checks.run("grid_target", grid_target)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("grid_target")
    for _ in range(25):
        hidden_stride, hidden_cells = int(rng.choice([4, 8, 16])), int(rng.integers(1, 6))
        limit = hidden_stride * hidden_cells
        corners = np.sort(rng.integers(0, 2 * limit, (int(rng.integers(0, 7)), 2, 2)), axis=1) / 2
        hidden_boxes = (corners + np.array([[0, 0], [0.5, 0.5]])).reshape(-1, 4)
        arguments = hidden_boxes, hidden_stride, limit
        checks.returns(grid_target, arguments, cell_by_cell(*arguments), grid_mistakes)
    for _ in range(3):
        edge = int(rng.integers(2, 6)) * 8
        arguments = [[0, 0, 8, 8], [edge - 4, 0, edge + 4, 8], [8, edge - 6, 16, edge + 6]], 8, edge
        checks.returns(grid_target, arguments, cell_by_cell(*arguments), grid_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# The head has two convolutions. The second one outputs the five numbers for each cell, so its kernel has size 1.
#
# The loss has two parts. The first is the cross-entropy of "is there a middle?" over all cells. The second is the
# absolute error of the other four numbers, only over cells that hold an object. Both are divided by the number of
# objects.


# %%
def grid_head(seed):
    """A new head on the teacher's maps; it begins with the guess that few cells hold an object."""
    keras.utils.set_random_seed(seed)
    guess = keras.initializers.Constant([-4, 0.5, 0.5, 1, 1])
    inputs = keras.Input((12, 12, 96))
    x = keras.layers.Conv2D(64, 3, padding="same", activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Conv2D(5, 1, bias_initializer=guess)(x))


def grid_loss(target, predicted):
    """Cross-entropy of the object, and absolute error of the box where there is an object, for each object."""
    objects = keras.ops.maximum(keras.ops.sum(target[..., 0]), 1)
    crossed = keras.losses.binary_crossentropy(target[..., :1], predicted[..., :1], from_logits=True)
    distance = keras.ops.sum(keras.ops.abs(target[..., 1:] - predicted[..., 1:]), axis=-1)
    return keras.ops.sum(crossed + target[..., 0] * distance) / objects


# %% [markdown]
# Fifty labeled scenes are not many. Mirrored and shifted copies, whose boxes move with them, need no new labels. The
# teacher is frozen, so we compute its maps for all copies only once.


# %%
def training_maps(model, scenes, copies=5):
    """Maps and targets of scenes and of moved copies."""
    rng = np.random.default_rng(0)
    parts = [scenes, *(detection.moved(scenes, rng) for _ in range(copies))]
    images = np.concatenate([part.images for part in parts]).astype("float32")
    targets = [grid_target(boxes, 8, 96) for part in parts for boxes in part.boxes]
    return model.predict(images, batch_size=50, verbose=0), np.array(targets, dtype="float32")


def train_head(model, scenes, epochs=12):
    """A head for a frozen model, trained on labeled scenes."""
    inputs, targets = training_maps(model, scenes)
    head = grid_head(seed=1)
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, epochs * -(-len(inputs) // 16))
    head.compile(keras.optimizers.Adam(schedule), grid_loss)
    head.fit(inputs, targets, batch_size=16, epochs=epochs, verbose=0)
    return head


start = time.perf_counter()
head = train_head(base, labeled)
print(f"{time.perf_counter() - start:.0f} seconds for the maps and the head")


# %% [markdown]
# To read a prediction, reverse the steps of `grid_target`. Here are the boxes with a score of at least 0.1.


# %%
def decode(grid, lowest, stride=8):
    """Boxes and scores of one scene, from predictions of shape (cells, cells, 5); the best box first."""
    rows, columns = np.indices(grid.shape[:2])
    x, y = (columns + grid[..., 1]) * stride, (rows + grid[..., 2]) * stride
    width, height = stride * np.exp(np.clip(grid[..., 3], -3, 3)), stride * np.exp(np.clip(grid[..., 4], -3, 3))
    boxes = np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=-1).reshape(-1, 4)
    scores = 1 / (1 + np.exp(-grid[..., 0].ravel()))
    order = np.argsort(-scores)
    order = order[scores[order] >= lowest]
    return boxes[order], scores[order]


grids = head.predict(base.predict(test.images.astype("float32"), verbose=0), verbose=0)
raw = [decode(grid, lowest=0.1) for grid in grids]
plots.boxed_images(test.images[:6], {"predicted": [boxes for boxes, _ in raw[:6]]})
plt.gcf().suptitle("From fifty scenes, the head has learned where faces are")
plt.show()

# %% [markdown]
# These people and scenes are new, and the head has learned from the frozen maps alone.
#
# > **Try it.** Divide the limit `lowest` by ten. What kind of box appears first: duplicates of a face, or boxes where
# > there is no face?
#
# **A detector of this kind is a classifier of cells, with a box attached to each cell.**
#
# ## One face, one box
#
# Neighboring cells often claim the same face. The usual remedy is *non-maximum suppression*: keep the best box, drop
# the boxes that overlap it too much, and continue with the best remaining box.
#
# ### Exercise 9.3: Suppress duplicates
#
# Choose which boxes to keep.
#
# | | |
# |---|---|
# | **Signature** | `suppress(boxes, scores, threshold)` |
# | **Arguments** | `boxes`: array or list of shape `(n, 4)`, in any order; `scores`: array or list of n numbers, which may be negative; `threshold`: float |
# | **Returns** | the indices of the boxes that stay, best score first, as a list of int |
# | **Rules** | Go through the boxes from the highest score to the lowest, and through equal scores in their order in the array. A box stays unless its intersection over union with a box *that stays* is larger than the threshold. |
# | **Example** | `suppress([[0, 0, 4, 4], [0, 0, 4, 5], [9, 9, 12, 12]], [0.6, 0.9, 0.7], 0.5)` is `[1, 2]`. |
# | **Points** | 4 points |
#
# You may call your `iou`. A dropped box does not suppress others.
#
# <details><summary>Hint</summary>
# After <code>scores = np.asarray(scores)</code>, <code>np.argsort(-scores, kind="stable")</code> keeps the order of equal scores. For each box in this order, you need
# its overlap with the boxes kept so far. At the start there are none.
# </details>


# %% nbgrader={"grade": false, "grade_id": "suppress", "locked": false, "schema_version": 3, "solution": true}
def suppress(boxes, scores, threshold):
    """Non-maximum suppression.

    Parameters
    ----------
    boxes : array-like (n, 4)
        Left, top, right, bottom; n may be 0.
    scores : array-like (n,)
        Higher is better; any numbers.
    threshold : float
        From 0 to 1: a box stays if its overlap with each better box that stays is at most this.

    Returns
    -------
    list of int
        Indices into `boxes`, by falling score; of equal scores the smaller index first.
    """
    ### BEGIN SOLUTION
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    kept = []
    for index in np.argsort(-np.asarray(scores, dtype=float), kind="stable").tolist():
        if not kept or np.max(iou(boxes[[index]], boxes[kept])) <= threshold:
            kept.append(index)
    return kept
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_suppress", "locked": true, "points": 4, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import math
from fractions import Fraction

from tlcourse.building import visible_cases


def exact_overlap(a, b):
    """Intersection over union of two boxes of whole or half numbers, as a fraction."""
    a, b = ([Fraction(float(number)) for number in box] for box in (a, b))
    width, height = (max(Fraction(0), min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1))
    sizes = [max(Fraction(0), c[2] - c[0]) * max(Fraction(0), c[3] - c[1]) for c in (a, b)]
    return width * height / (sum(sizes) - width * height) if width * height else Fraction(0)


def by_marking(boxes, scores, threshold, overlap=exact_overlap, at=False, dropped_drop=False, ties=1, falling=True):
    """By marking what the best box that is left covers; parts can be replaced by mistakes."""
    boxes = np.asarray(boxes, float).reshape(-1, 4).tolist()
    scores = [float(score) for score in scores]
    left = sorted(range(len(boxes)), key=lambda place: (-scores[place] if falling else scores[place], ties * place))
    limit, kept, gone = Fraction(float(threshold)), [], []
    for place in left:
        against = kept + gone if dropped_drop else kept
        values = [overlap(boxes[place], boxes[other]) for other in against]
        if any(value > limit or (at and value == limit) for value in values):
            gone.append(place)
        else:
            kept.append(place)
    return kept


def variant(**parts):
    return lambda boxes, scores, threshold: by_marking(boxes, scores, threshold, **parts)


def over_area(choose):
    """The shared area divided by one of the two areas."""

    def value(a, b):
        shared = exact_overlap(a, b)
        sizes = [Fraction(float(c[2] - c[0])) * Fraction(float(c[3] - c[1])) for c in (a, b)]
        both = shared * sum(sizes) / (1 + shared)
        return both / choose(sizes) if both else Fraction(0)

    return value


def neighbors_only(boxes, scores, threshold):
    """Each box is compared with the last one that stays only."""
    kept = []
    for place in sorted(range(len(boxes)), key=lambda place: (-float(scores[place]), place)):
        if not kept or exact_overlap(boxes[place], boxes[kept[-1]]) <= Fraction(float(threshold)):
            kept.append(place)
    return kept


def only_best(boxes, scores, threshold):
    """Only what the best box overlaps is dropped."""
    order = sorted(range(len(boxes)), key=lambda place: (-float(scores[place]), place))
    return [p for p in order if p == order[0] or exact_overlap(boxes[p], boxes[order[0]]) <= Fraction(float(threshold))]


def positions(boxes, scores, threshold):
    """Positions in the sorted order, and not indices of the array."""
    order = sorted(range(len(boxes)), key=lambda place: (-float(scores[place]), place))
    return [order.index(place) for place in by_marking(boxes, scores, threshold)]


def one_of_equals(boxes, scores, threshold):
    """Equal boxes are found by their numbers, before the threshold is asked."""
    rows = {}
    for place in by_marking(boxes, scores, threshold):
        rows.setdefault(tuple(boxes[place]), place)
    return list(rows.values())


suppress_mistakes = {
    "a box that was dropped drops others": variant(dropped_drop=True),
    "a box whose overlap equals the threshold is dropped": variant(at=True),
    "the boxes go by rising score: the worst one stays": variant(falling=False),
    "the boxes go in their order in the array, whatever their scores": lambda boxes, scores, threshold: by_marking(
        boxes, [0] * len(boxes), threshold
    ),
    "of equal scores the later one goes first": variant(ties=-1),
    "the indices are sorted by number, and not by score": lambda *arguments: sorted(by_marking(*arguments)),
    "the dropped boxes are returned": lambda boxes, scores, threshold: [
        p
        for p in sorted(range(len(boxes)), key=lambda p: -float(scores[p]))
        if p not in by_marking(boxes, scores, threshold)
    ],
    "positions in the sorted order are returned, and not indices of the array": positions,
    "boxes are returned, and not indices": lambda boxes, scores, threshold: [
        [float(v) for v in boxes[p]] for p in by_marking(boxes, scores, threshold)
    ],
    "of equal boxes only one stays, whatever the threshold": one_of_equals,
    "each box is compared only with the last box that stays": neighbors_only,
    "only the overlap with the best box of all counts": only_best,
    "all overlapping boxes count as duplicates, whatever the threshold": lambda boxes, scores, threshold: by_marking(
        boxes, scores, 0
    ),
    "the shared area is divided by the smaller area": variant(overlap=over_area(min)),
    "nothing is dropped": lambda boxes, scores, threshold: by_marking(boxes, scores, 1),
    "the threshold is one minus the given one": lambda boxes, scores, threshold: by_marking(
        boxes, scores, 1 - threshold
    ),
    "boxes with a score of 0 or less are dropped": lambda boxes, scores, threshold: [
        p for p in by_marking(boxes, scores, threshold) if scores[p] > 0
    ],
    "boxes with a score below the threshold are dropped": lambda boxes, scores, threshold: [
        p for p in by_marking(boxes, scores, threshold) if scores[p] >= threshold
    ],
}
CHAIN = [[0, 0, 4, 4], [1, 0, 5, 4], [2, 0, 6, 4], [3, 0, 7, 4]]  # each overlaps the next by 0.6
shown_suppressed = [
    ([[0, 0, 4, 4], [0, 0, 4, 5], [9, 9, 12, 12]], [0.6, 0.9, 0.7], 0.5),
    (CHAIN, [0.9, 0.8, 0.7, 0.6], 0.5),
    (CHAIN, [0.6, 0.9, 0.2, 0.8], 0.5),
    ([[0, 0, 2, 2], [0, 0, 2, 4], [0, 0, 2, 3]], [0.9, 0.8, 0.7], 0.5),
    ([[0, 0, 3, 3], [0, 0, 3, 3], [5, 5, 8, 8], [5, 5, 8, 8]], [0.5, 0.5, 0.5, 0.75], 0.25),
    ([[0, 0, 4, 4], [3, 3, 9, 9], [1, 1, 2, 2]], [0.25, 0.5, 0.75], 0.125),
    ([[0, 0, 6, 6], [7, 0, 12, 6], [1, 0, 6, 6], [8, 0, 12, 6], [0, 0, 6, 7]], [-3, 2, -1, 4, 0], 0.5),
    ([[1, 1, 4, 4]], [0.125], 0.5),
    ([[0, 0, 4, 4], [0, 0, 4, 4], [1, 0, 5, 4]], [0.5, 0.75, 0.25], 1.0),
    (np.zeros((0, 4)), np.zeros(0), 0.5),
]
visible_cases.record("suppress", shown_suppressed, by_marking, suppress_mistakes)
### END HIDDEN TESTS
with progress.exercise("suppress"):
    checks.run("suppress", suppress)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("suppress")
    for _ in range(40):
        low = rng.integers(0, 8, (int(rng.integers(0, 9)), 2))
        hidden_boxes = np.concatenate([low, low + rng.integers(2, 7, low.shape)], axis=1)
        hidden_scores = rng.integers(-4, 12, len(low)) / 8
        arguments = hidden_boxes, hidden_scores, float(rng.choice([0.0625, 0.25, 0.4375, 0.5, 0.75, 1.0]))
        checks.returns(suppress, arguments, by_marking(*arguments), suppress_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Look at the raw boxes of one of our scenes, including boxes with very low scores, and move the threshold. Your
# function decides which boxes stay.

# %%
all_boxes, all_scores = decode(grids[1], lowest=0.02)
widgets.SuppressionExplorer(test.images[1], all_boxes, all_scores, suppress)

# %% [markdown]
# Now apply it to a real detector. BlazeFace (Bazarevsky et al. 2019) finds faces in photos. It is one of the few
# detectors that we found with a free license and in a small file. It is not part of this course. If your machine has
# it, the next cell applies it to a photo of Grace Hopper, a pioneer of programming languages. The US Navy took the
# photo. It is in the public domain, and comes with matplotlib.

# %%
try:
    blaze_face = detection.FaceDetector()
except detection.DetectorUnavailable as missing:
    blaze_face = None
    print("No BlazeFace here, so the cells about it show nothing:", missing)
if blaze_face:
    photo = np.asarray(Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)))[:512]  # a square, 512x512
    boxes, scores = blaze_face.raw_boxes(photo, at_least=0.3)
    kept = boxes[suppress(boxes, scores, 0.3)]
    print(f"a photo: {len(boxes)} raw boxes, {len(kept)} after suppression; best score {scores[0]:.2f}")
    plots.boxed_images([photo], {"raw": [boxes], "kept": [kept]})
    plt.gcf().suptitle("BlazeFace finds the face")
    plt.show()

# %% [markdown]
# Our drawn scenes are unlike its training photos.
#
# **Before you run the next cell:** will it find drawn faces at all? And where there is no face, will it find one?

# %%
if blaze_face:
    six = test.images[:6]
    raw = [blaze_face.raw_boxes(image, at_least=0.3) for image in six]
    kept = [boxes[suppress(boxes, scores, 0.3)] for boxes, scores in raw]
    print(f"{sum(len(boxes) for boxes, _ in raw)} raw boxes, {sum(map(len, kept))} after suppression")
    plots.boxed_images(six, {"raw": [boxes for boxes, _ in raw], "kept": kept, "true": test.boxes[:6]})
    plt.gcf().suptitle("BlazeFace, trained on photos, gives several boxes for a drawn face; suppression keeps one")
    plt.show()
    kinds = {
        "drawn portraits": faces.portraits(people[600:800], 1, seed=94).images,
        "galaxies, which have no face": galaxies.observe(25, 94).images,
    }
    for kind, images in kinds.items():
        has_box = [len(blaze_face.raw_boxes(image, at_least=0.5)[0]) > 0 for image in images]
        print(f"{kind}: a box with a score of 0.5 or more in {np.mean(has_box):.0%} of {len(has_box)}")

# %% [markdown]
# In the stored run, it finds most of these faces without a single label from us. Features that were trained for one
# task, here finding faces, can carry over to images of another kind. But it also finds a "face" in a third of the
# images of galaxies. Far from its training photos, its scores mean less, so choose the threshold on images of your own
# kind, including some without a face. Its boxes are smaller than ours: what a box should
# contain is a convention, and a teacher's convention need not be yours.
#
# > **Try it.** Make the threshold in the cell much smaller, and then much larger. Which change loses faces that
# > are close together, and which one leaves duplicates?
#
# **Suppression is a rule, not a network: it removes duplicates at the risk of losing neighbors that are close
# together.**
#
# ## How good is a detector?
#
# Accuracy does not work here: nobody can count the boxes that a detector rightly did not draw. Instead, sort the
# detections of *all* scenes by their scores, best first. After the first $k$ of them, *precision* is the share of hits
# among these $k$. *Recall* is the number of hits so far divided by the number of true boxes. *Average precision* (AP)
# is the area under the curve of precision against recall.
#
# A detection is a hit if its overlap with a true box is at least 0.5, and no better detection has already claimed that
# box.


# %%
def match(boxes, truth, overlap=0.5):
    """For each detection of a scene, best first, whether it is a hit."""
    hits, free = [], np.ones(len(truth), dtype=bool)
    for row in np.asarray(iou(boxes, truth)):
        best = int(np.argmax(np.where(free, row, -1)))
        hits.append(bool(free[best] and row[best] >= overlap))
        free[best] &= not hits[-1]
    return hits


# %% [markdown]
# ### Exercise 9.4: Average precision
#
# Compute this area from the scores and hits.
#
# | | |
# |---|---|
# | **Signature** | `average_precision(scores, hits, truths)` |
# | **Arguments** | `scores`: array or list of n numbers, in any order; `hits`: array or list of n times True or False; `truths`: int, the number of true boxes, at least 1 |
# | **Returns** | a float from 0 to 1 |
# | **Rules** | Sort by descending score; equal scores keep their order. Each hit adds a step of `1 / truths` to the recall. The height of a step is the highest precision at this hit or at any *later* detection. The area is the sum of the steps. |
# | **Example** | `average_precision([0.9, 0.8, 0.7], [True, False, True], 4)`: the precisions at the hits are 1 and 2/3, so the area is `1/4 * (1 + 2/3)`. |
# | **Points** | 4 points |
#
# Boxes that were never found add nothing. With no detections, the area is 0.
#
# <details><summary>Hint</summary>
# The rule about later detections means that the curve never rises. <code>np.maximum.accumulate</code> on the reversed
# precisions achieves this.
# </details>


# %% nbgrader={"grade": false, "grade_id": "average_precision", "locked": false, "schema_version": 3, "solution": true}
def average_precision(scores, hits, truths):
    """Area under the curve of precision against recall, with a precision that never rises.

    Parameters
    ----------
    scores : array-like (n,)
        One for each detection of all scenes, in any order; n may be 0.
    hits : array-like of bool (n,)
        Whether each detection is a hit, in the order of `scores`.
    truths : int
        True boxes in all scenes, 1 or more; also those that nobody detected.

    Returns
    -------
    float
        From 0 to 1. Equal scores keep their order.
    """
    ### BEGIN SOLUTION
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    hits = np.asarray(hits, dtype=bool)[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    return float(highest[hits].sum() / truths)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_average_precision", "locked": true, "points": 4, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from fractions import Fraction

from tlcourse.building import visible_cases


def curve_of(scores, hits, falling=True, ties=1):
    """Hits in order, and the precision after each detection as a fraction."""
    order = sorted(range(len(scores)), key=lambda p: (-float(scores[p]) if falling else float(scores[p]), ties * p))
    ordered = [bool(hits[place]) for place in order]
    return ordered, [Fraction(sum(ordered[: k + 1]), k + 1) for k in range(len(ordered))]


def area_by_fractions(scores, hits, truths, **order):
    """Step by step, in exact fractions."""
    ordered, precision = curve_of(scores, hits, **order)
    return float(sum((max(precision[k:]) for k, hit in enumerate(ordered) if hit), Fraction(0)) / truths)


def unsorted_area(scores, hits, truths):
    return area_by_fractions(range(len(scores), 0, -1), hits, truths)


def trapezoids(scores, hits, truths):
    """Straight lines between the points of the curve, from recall 0 and precision 1."""
    ordered, precision = curve_of(scores, hits)
    recall = [0, *(sum(ordered[: k + 1]) / truths for k in range(len(ordered)))]
    heights = [1.0, *(float(p) for p in precision)]
    return float(sum((recall[k + 1] - recall[k]) * (heights[k] + heights[k + 1]) / 2 for k in range(len(ordered))))


def eleven_points(scores, hits, truths):
    """The mean of eleven precisions at fixed recalls, as in the first years of Pascal VOC."""
    ordered, precision = curve_of(scores, hits)
    recall = [Fraction(sum(ordered[: k + 1]), truths) for k in range(len(ordered))]
    at = [[p for p, r in zip(precision, recall, strict=True) if r >= Fraction(step, 10)] for step in range(11)]
    return float(sum((max(part) for part in at if part), Fraction(0)) / 11)


def plain_heights(scores, hits, truths):
    ordered, precision = curve_of(scores, hits)
    return float(sum((p for p, hit in zip(precision, ordered, strict=True) if hit), Fraction(0)) / truths)


def of_hits(scores, hits, truths):
    total = sum(bool(hit) for hit in hits)
    return area_by_fractions(scores, hits, total) if total else 0.0


def earlier_maximum(scores, hits, truths):
    ordered, precision = curve_of(scores, hits)
    return float(sum((max(precision[: k + 1]) for k, hit in enumerate(ordered) if hit), Fraction(0)) / truths)


def later_only(scores, hits, truths):
    """The highest precision after a hit, without its own; the own one only at the end."""
    ordered, precision = curve_of(scores, hits)
    heights = [max(precision[k + 1 :], default=precision[k]) for k, hit in enumerate(ordered) if hit]
    return float(sum(heights, Fraction(0)) / truths)


precision_mistakes = {
    "the detections are not sorted by their scores": unsorted_area,
    "the detections are sorted by rising score": lambda s, h, t: area_by_fractions(s, h, t, falling=False),
    "of equal scores the later one goes first": lambda s, h, t: area_by_fractions(s, h, t, ties=-1),
    "of equal scores the hits go first": lambda s, h, t: area_by_fractions(
        *zip(*sorted(zip(map(float, s), map(bool, h), strict=True), reverse=True), strict=True), t
    ),
    "of equal scores the hits go last": lambda s, h, t: area_by_fractions(
        *zip(*sorted(zip(map(float, s), map(bool, h), strict=True), key=lambda p: (-p[0], p[1])), strict=True), t
    ),
    "only later detections are looked at, and not the hit itself": later_only,
    "the precision at each hit is summed, and later precisions are not looked at": plain_heights,
    "the highest precision at this or any earlier detection is taken, not at any later one": earlier_maximum,
    "the sum is divided by the number of hits, and not by the number of true boxes": of_hits,
    "the sum is divided by the number of detections": lambda s, h, t: area_by_fractions(s, h, t) * t / len(s),
    "the sum is not divided": lambda s, h, t: area_by_fractions(s, h, t) * t,
    "the points of the curve are joined by straight lines": trapezoids,
    "the precision is read at eleven fixed recalls": eleven_points,
    "the last precision is returned": lambda s, h, t: float(curve_of(s, h)[1][-1]),
    "the recall is returned": lambda s, h, t: sum(map(bool, h)) / t,
    "scores are summed, and not precisions": lambda s, h, t: float(
        sum(float(a) for a, b in zip(s, h, strict=True) if b) / t
    ),
    "each detection adds a step, not only the hits": lambda s, h, t: float(
        sum((max(curve_of(s, h)[1][k:]) for k in range(len(s))), Fraction(0)) / t
    ),
}
shown_curves = [
    ([0.9, 0.8, 0.7], [True, False, True], 4),
    ([0.2, 0.9, 0.5, 0.7], [True, True, False, True], 3),
    ([0.9, 0.8, 0.7, 0.6, 0.5], [False, True, True, False, True], 5),
    ([0.5, 0.5, 0.5], [False, True, False], 1),
    ([0.25, 0.75, 0.25, 0.75], [True, False, False, True], 2),
    ([3, -1, 2, -2], [False, True, True, True], 6),
    ([0.3, 0.6, 0.8], [True, True, True], 3),
    ([0.9, 0.1], [False, False], 2),
    (np.zeros(0), np.zeros(0, dtype=bool), 2),
]
visible_cases.record("average_precision", shown_curves, area_by_fractions, precision_mistakes)
### END HIDDEN TESTS
with progress.exercise("average_precision"):
    checks.run("average_precision", average_precision)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("average_precision")
    for _ in range(40):
        hidden_count = int(rng.integers(0, 12))
        hidden_hits = rng.random(hidden_count) < 0.6
        arguments = rng.integers(0, 12, hidden_count) / 8, hidden_hits, int(hidden_hits.sum() + rng.integers(1, 4))
        checks.returns(average_precision, arguments, area_by_fractions(*arguments), precision_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Everything is in place: decode, suppress, match, and score. Is it the teacher's knowledge that helps, or would the
# same network with random weights give a head enough to work with? The batch norms of the random network see some
# scenes first, so that its maps are not all close to zero.
#
# **Before you run the cell:** what AP do you expect from a teacher that has learned nothing?


# %%
def detect(grid):
    """Boxes and scores of one scene, without duplicates."""
    boxes, scores = decode(grid, lowest=0.02)
    kept = suppress(boxes, scores, 0.4)
    return boxes[kept], scores[kept]


def score_all(detections, truth=test.boxes):
    """The AP of all scenes, and the scores and hits that it comes from."""
    hits = [hit for (boxes, _), true in zip(detections, truth, strict=True) for hit in match(boxes, true)]
    scores = np.concatenate([scores for _, scores in detections])
    return average_precision(scores, hits, sum(map(len, truth))), scores, np.array(hits)


keras.utils.set_random_seed(3)
random_base = detection.teacher_maps(None, "block4_conv3_relu", size=96)
refresh_batch_norm(random_base, labeled.images[:32].astype("float32"))
random_head = train_head(random_base, labeled)
random_grids = random_head.predict(random_base.predict(test.images.astype("float32"), verbose=0), verbose=0)
outcomes = {
    "frozen teacher": score_all([detect(grid) for grid in grids]),
    "random weights, frozen": score_all([detect(grid) for grid in random_grids]),
}

# %%
_, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
for (label, (area_under, scores, hits)), color in zip(outcomes.items(), ("blue", "vermilion"), strict=True):
    ordered = hits[np.argsort(-scores, kind="stable")]
    recall = np.cumsum(ordered) / sum(map(len, test.boxes))
    precision = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    ax.plot(recall, precision, color=plots.COLORS[color], label=f"{label}: AP {area_under:.2f}")
ax.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.03))
ax.set_title("Same head, same 50 scenes: frozen random weights are not enough")
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# The architecture is the same, and so are the scenes, the head and the training. The gap between the curves shows what
# the teacher has learned from naming people.
#
# **Average precision needs no score limit, and it punishes duplicates as well as missed objects.**
#
# ## What the teacher is worth, in labeled scenes
#
# Random weights are a weak baseline. A fair one is a small network trained from scratch on scenes that are shifted,
# mirrored and recolored anew in each round. And freezing is not the only way to use a teacher: *fine-tuning* continues
# to train block 4, together with the head. All *arms* (the ways that we compare) get the same scenes. The network from
# scratch trains for about as long as the head and block 4 together. We chose the learning rates on development scenes
# with other people. The record holds the AP on 60 new scenes, in five runs with different people and scenes. The last
# lines give differences with their 95% intervals.
#
# **Before you run the cell:** which arm is ahead at 20 scenes, and will the network from scratch catch up by 200?

# %% tags=["nbval-check-output"]
detection_record = results("detection_labels")
ARMS = {
    "frozen": "frozen teacher",
    "fine_tuned": "block 4 fine-tuned",
    "scratch": "small network from scratch",
    "random": "random weights, frozen",
}
counts = tuple(detection_record["frozen"])
print(f"{'labeled scenes':<28}" + "".join(f"{count:>7}" for count in counts))
for arm, label in ARMS.items():
    print(f"{label:<28}" + "".join(f"{detection_record[arm][count]['mean']:>7.2f}" for count in counts))
for arm in ("frozen", "fine_tuned"):
    for count in counts:
        difference = change(detection_record[arm][count], detection_record["scratch"][count])
        print(f"{ARMS[arm]} minus from scratch, {count:>3} scenes: {difference}")

# %%
curves = {label: [detection_record[arm][count] for count in counts] for arm, label in ARMS.items()}
ax = plots.accuracy_curves([int(count) for count in counts], curves, log=True)
ax.set(xlabel="labeled scenes", ylabel="AP at an overlap of 0.5", ylim=(0, 1))
ax.set_title("The teacher pays off once its last block learns, too")
plt.show()

# %% [markdown]
# On frozen random weights, the head finds almost nothing. A frozen architecture alone is not enough; the teacher's
# training counts. Yet we could not detect a difference between the frozen teacher and the network from scratch at any
# number of scenes. The frozen maps were trained to tell people apart. The new task is to tell a face from clutter, and
# to place a box.
#
# Block 4 can learn this quickly. With block 4 fine-tuned, the AP from 20 scenes is 0.83, about what the network from
# scratch reaches with 200. The gain is 0.14 (0.02 to 0.26) with 20 scenes, and still 0.10 (0.03 to 0.17) with 200. With
# ten scenes, the interval includes zero. So at 20 scenes the fine-tuned arm is ahead, and the network from scratch does
# not catch up by 200 in the same time.
#
# What if time does not matter? The next record gives the network from scratch twice as many steps on the 200 scenes.

# %% tags=["nbval-check-output"]
longer_record = results("detection_longer")
for count, entry in longer_record["scratch"].items():
    print(f"{count:>3} scenes, from scratch, twice as long: {precision_of(entry)}")
    difference = change(detection_record["fine_tuned"][count], entry)
    print(f"{count:>3} scenes, block 4 fine-tuned minus from scratch, twice as long: {difference}")

# %% [markdown]
# Longer training helps the network from scratch. With 200 scenes and twice the time, it reaches 0.91, and we could no
# longer detect a gain from fine-tuning: 0.01 (-0.02 to 0.04). So given both the labels and the time, we could not
# detect that the transfer pays off. In the shorter time, the teacher is the better start from 20 scenes on. We did not
# measure fewer labels combined with more time.
#
# ### A task that is farther away
#
# Here is a real task: white blood cells in microscope photos (BCCD, MIT license), 96x96 pixels each. The same arms
# learn from a few photos and are tested on 100 others. Does a teacher trained on drawn faces help here, too?

# %% tags=["nbval-check-output"]
cells_record = results("detection_cells")
for count in cells_record["frozen"]:
    for arm, label in ARMS.items():
        print(f"{count} photos, {label:<28}{precision_of(cells_record[arm][count])}")
    difference = change(cells_record["frozen"][count], cells_record["scratch"][count])
    print(f"{count} photos, frozen teacher minus from scratch: {difference}")
    difference = change(cells_record["fine_tuned"][count], cells_record["scratch"][count])
    print(f"{count} photos, block 4 fine-tuned minus from scratch: {difference}")

# %%
try:
    photos = detection.boxed_cells()
    plots.boxed_images(photos.images[:6], {"white cell": photos.boxes[:6]})
    plt.gcf().suptitle("White blood cells: dark, round, and often alone")
    plt.show()
except detection.CellsUnavailable as missing:
    print("No photos of blood cells here, so this cell shows nothing:", missing)

# %% [markdown]
# Here the faces teacher loses. With 20 photos, the network from scratch reaches 0.96, and the frozen teacher is 0.16
# (0.08 to 0.25) lower. With block 4 fine-tuned, the teacher is lower as well; the last line shows the difference. We
# can only guess at the causes. White cells differ from everything else in color and size, so a small network may learn
# to find them from a few photos. The teacher was trained on faces under changing light, and may ignore colors that
# matter here. Even random weights find many cells.
#
# A teacher trained on a million photos could do better here; this one has seen nothing but drawn faces. The course
# reads these photos only from a local mirror, because we know of no public address for them in this form.
#
# **Measure a teacher by the labels that it saves; their number depends on the task, and can be negative.**
#
# ## Two stages
#
# A grid looks at each cell once. R-CNN and its successor Faster R-CNN (Ren et al. 2015) look twice. Their first stage
# proposes regions that may contain *anything*. Their second stage takes the features of each region alone, decides what
# it shows, and corrects its box. Build a miniature: your grid head proposes up to eight boxes per scene. Each is cut
# out, enlarged to 48x48 pixels, and shown to the teacher as the kind of portrait that it knows.


# %%
def crops(image, boxes, margin=0.25):
    """What is in each box and a margin around it, as images of the teacher's size."""
    sides = np.array([-margin, -margin, margin, margin]) * np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    parts = [Image.fromarray(image).crop(tuple(box)).resize((48, 48)) for box in np.round(boxes + sides).astype(int)]
    return np.array(parts)


def region_features(scenes, proposals):
    """The teacher's features of all proposals, 192 for each."""
    parts = [crops(image, boxes) for image, (boxes, _) in zip(scenes.images, proposals, strict=True)]
    return features.extract(teacher, np.concatenate(parts), layer="fc1_relu", cache=False)


def propose(scenes):
    """The first stage: up to eight boxes for each scene, with scores; more duplicates than `detect` leaves."""
    grids = head.predict(base.predict(scenes.images.astype("float32"), verbose=0), verbose=0)
    decoded = [decode(grid, lowest=0.01) for grid in grids]
    kept = [suppress(boxes, scores, 0.6)[:8] for boxes, scores in decoded]
    return [(boxes[places], scores[places]) for (boxes, scores), places in zip(decoded, kept, strict=True)]


# %% [markdown]
# The second stage learns from the same fifty scenes. A proposal counts as a face if its overlap with a true box is at
# least 0.5. The final score is the product of both stages' scores. The first stage passes on more boxes than a single
# stage would keep: its limit for scores is lower, and its limit for overlaps is higher.

# %%
proposals = propose(labeled)
is_face = np.concatenate(
    [np.max(iou(boxes, truth), axis=1) >= 0.5 for (boxes, _), truth in zip(proposals, labeled.boxes, strict=True)]
)
second = LogisticRegression(C=0.01, max_iter=1000).fit(region_features(labeled, proposals), is_face)
start = time.perf_counter()
proposals = propose(test)
first_stage = time.perf_counter() - start
faces_seen = second.predict_proba(region_features(test, proposals))[:, 1]
second_stage = time.perf_counter() - start - first_stage
borders = np.cumsum([len(boxes) for boxes, _ in proposals])[:-1]
rescored = []
for (boxes, scores), seen in zip(proposals, np.split(faces_seen, borders), strict=True):
    order = np.argsort(-scores * seen)
    boxes, scores = boxes[order], (scores * seen)[order]
    kept = suppress(boxes, scores, 0.4)
    rescored.append((boxes[kept], scores[kept]))
print(f"one stage:  AP {outcomes['frozen teacher'][0]:.2f}, {first_stage / len(test):.3f} s for each scene")
print(f"two stages: AP {score_all(rescored)[0]:.2f}, {second_stage / len(test):.3f} s more for each scene")

# %% [markdown]
# One run with sixty scenes proves little. The recorded experiment has five such runs, with different scenes and people.

# %% tags=["nbval-check-output"]
stages_record = results("detection_stages")
for count in stages_record["one_stage"]:
    for way in ("one_stage", "two_stages"):
        print(f"{count:>3} labeled scenes, {way.replace('_', ' '):<11}{precision_of(stages_record[way][count])}")
    difference = change(stages_record["two_stages"][count], stages_record["one_stage"][count])
    print(f"{count:>3} labeled scenes, two stages minus one: {difference}")
costs = {way: entry["mean"] for way, entry in stages_record["milliseconds"].items()}
print(
    f"processor time (mean): two stages take {costs['two_stages'] / costs['one_stage']:.1f} times as long for a scene"
)

# %% [markdown]
# With 20 labeled scenes, the second look changes the AP by 0.01 (-0.01 to 0.02), and with 100 scenes we could not
# detect a gain either. It takes twice as long. The second stage sees little that is new: the same teacher looks at the
# same pixels, only enlarged. It also learns from the proposals of a head that was trained on these very scenes, and
# these proposals are better than those for new scenes. A second stage may pay off where it can tell many classes apart,
# or where its crops show details that the grid is too coarse for; we measured neither. (The AP of one stage differs
# from the one in the last section's table, because the moved copies of the scenes are different.)
#
# Ours is a miniature of the idea, not of the networks. Here is what the real ones add:
#
# | network | what it is | what our miniature leaves out |
# |---|---|---|
# | YOLO (Redmon et al. 2016) | one stage: a grid that predicts boxes and classes | several grids for small and large objects, many classes, thousands of labeled photos |
# | Faster R-CNN (Ren et al. 2015) | two stages: a network proposes regions, a second head classifies and corrects each | crops of the *maps* instead of the image, so that the base runs once; joint training of both stages |
# | U-Net (Ronneberger et al. 2015) | an outline: an encoder, a decoder, and connections between maps of equal size | built below |
# | DeepLab (Chen et al. 2017) | an outline: convolutions with gaps keep the maps large, and several gap sizes are combined | several gap sizes at once, and a decoder |
#
# The course ships none of these four. We looked for packages that include weights with a free license, and found none.
# With a network connection, KerasHub and other libraries can load some of them.
#
# **A second stage looks at each proposal again. This takes more work per scene, and here we could not detect a gain.**

# %% [markdown]
# ## One class for each pixel
#
# A detector draws a box. Sometimes a box is too coarse: a surgeon needs the outline of a tumor, and a phone that blurs
# the background must know every hair. **Semantic segmentation** assigns a class to every pixel. Labels are expensive
# here: a person needs minutes to draw one mask, but only seconds to name one image.
#
# The program that draws the course's faces also knows what it has painted where, so it provides exact masks for free.
# Neck, clothes, caps and anything in front of the face count as background.

# %%
masked = parts.masked_portraits(faces.TEST_PEOPLE[5000:5030], seed=91)
masked_test = parts.masked_portraits(faces.TEST_PEOPLE[5100:5160], seed=92)
PART_COLORS = np.array([[225, 225, 225], [230, 159, 0], [0, 114, 178], [0, 158, 115], [204, 121, 167]], np.uint8)
figure, rows = plt.subplots(2, 8, figsize=(10, 2.9), layout="constrained")
for column in range(8):
    rows[0, column].imshow(masked.images[column])
    rows[1, column].imshow(PART_COLORS[masked.masks[column]])
for axes in rows.flat:
    axes.set_axis_off()
figure.suptitle("A mask names the part of each pixel: " + ", ".join(masked.class_names))
plt.show()

# %% [markdown]
# The teacher was trained to name people, and has never seen a mask. Its early maps are as large as the image, but they
# show only edges and colors. Its late maps show eyes and mouths, but they are only 6 pixels wide. A mask needs both:
# what something is, and where it ends.
#
# The **U-Net** (Ronneberger et al. 2015) uses the teacher as an **encoder**. A **decoder** then doubles the size of the
# maps step by step. At each size, a **skip connection** appends the encoder's maps of that size. A last convolution
# turns each pixel's channels into logits.
#
# ### Exercise 9.5: Build a U-Net
#
# Write the decoder of a U-Net for any encoder.
#
# | | |
# |---|---|
# | **Signature** | `unet(encoder, skips, classes)` |
# | **Arguments** | `encoder`: a functional `keras.Model` that ends in maps; `skips`: names of its layers, the smallest maps first, each twice as high and wide as the maps before; `classes`: the number of classes |
# | **Returns** | a `keras.Model` of Keras' own layers, from the encoder's input to logits |
# | **Rules** | For each skip: double the size by repeating pixels (`UpSampling2D`); append the skip's maps *after* the enlarged ones (`Concatenate`); apply a 3×3 convolution with as many filters as the skip has channels, padding `"same"`, a bias, and ReLU. The last layer is a 1×1 convolution to `classes` logits, without an activation. Train or freeze nothing: the encoder's `trainable` stays as it is. The model contains the encoder's own layers with their weights, not copies. |
# | **Example** | Maps of 6×6 pixels and skips of 12, 24 and 48 pixels give logits of shape `(48, 48, classes)`. |
# | **Points** | 4 points: 3 for the outputs, 1 for what is trainable |
#
# Without skips, only the last convolution follows the encoder.
#
# <details><summary>Hint</summary>
# Use layers, not `keras.ops`. Begin with `x = encoder.output`. The output of a layer is
# `encoder.get_layer(name).output`, and its last axis holds the channels.
# </details>


# %% nbgrader={"grade": false, "grade_id": "unet", "locked": false, "schema_version": 3, "solution": true}
def unet(encoder, skips, classes):
    """A U-Net on an encoder: its decoder doubles the size of the maps once for each skip.

    Parameters
    ----------
    encoder : keras.Model
        Functional; it outputs maps of shape (n, height, width, channels). Its `trainable` stays as it is.
    skips : list of str
        Names of its layers, the smallest maps first; may be empty.
    classes : int

    Returns
    -------
    keras.Model
        From the encoder's input to logits, as high and wide as the maps of the last skip.
    """
    ### BEGIN SOLUTION
    x = encoder.output
    for name in skips:
        skip = encoder.get_layer(name).output
        x = keras.layers.UpSampling2D(2)(x)
        x = keras.layers.Concatenate()([x, skip])
        x = keras.layers.Conv2D(skip.shape[-1], 3, padding="same", activation="relu")(x)
    return keras.Model(encoder.input, keras.layers.Conv2D(classes, 1)(x))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_unet", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def skip_last(x, skip):
    """The enlarged maps, then the skip's."""
    return keras.layers.Concatenate()([x, skip])


def unet_outputs(
    join=skip_last,
    enlarge=lambda x: keras.layers.UpSampling2D(2)(x),
    filters=lambda x, skip, classes: skip.shape[-1],
    kernel=3,
    active="relu",
    last=1,
    end=None,
    first_convolve=False,
):
    """The outputs of a U-Net of these parts, with the weights that the check gives it."""

    def build(encoder, skips, classes):
        x = encoder.outputs[0]
        for skip in [encoder.get_layer(name).output for name in skips]:
            convolve = keras.layers.Conv2D(filters(x, skip, classes), kernel, padding="same", activation=active)
            x = enlarge(x)
            x = join(convolve(x), skip) if first_convolve else convolve(join(x, skip))
        return keras.Model(encoder.inputs[0], keras.layers.Conv2D(classes, last, padding="same", activation=end)(x))

    return model_checks.outputs_with_fixed_weights(build)


mistakes = {
    "the skip's maps come before the enlarged ones": unet_outputs(join=lambda x, skip: skip_last(skip, x)),
    "there is no skip connection": unet_outputs(join=lambda x, skip: x),
    "the maps are enlarged by interpolation and not by repeating pixels": unet_outputs(
        enlarge=lambda x: keras.layers.UpSampling2D(2, interpolation="bilinear")(x)
    ),
    "a transposed convolution enlarges the maps": unet_outputs(
        enlarge=lambda x: keras.layers.Conv2DTranspose(x.shape[-1], 2, strides=2)(x)
    ),
    "the convolutions have no ReLU": unet_outputs(active=None),
    "the convolutions have kernels of 1×1": unet_outputs(kernel=1),
    "the number of filters is that of the enlarged maps": unet_outputs(filters=lambda x, skip, classes: x.shape[-1]),
    "the number of filters is that of the maps after concatenation": unet_outputs(
        filters=lambda x, skip, classes: x.shape[-1] + skip.shape[-1]
    ),
    "the number of filters is `classes`": unet_outputs(filters=lambda x, skip, classes: classes),
    "the skip is appended after the convolution": unet_outputs(first_convolve=True),
    "the last convolution has a kernel of 3×3": unet_outputs(last=3),
    "a softmax stands at the end": unet_outputs(end="softmax"),
    "a ReLU stands at the end": unet_outputs(end="relu"),
}
small_encoder = ["input 4 4 3", "conv 4", "relu", "pool", "conv 6", "relu", "pool", "conv 8", "relu"]
wide_encoder = ["input 2 4 3", "conv 5", "norm", "relu", "pool", "conv 7", "relu"]
visible_cases.record(
    "unet",
    [(small_encoder, ["relu1", "relu0"], 2), (wide_encoder, ["norm0"], 3), (wide_encoder, [], 4)],
    unet_outputs(),
    mistakes,
    tolerance=1e-3,
)
### END HIDDEN TESTS
with progress.exercise("unet"):
    checks.run("unet", model_checks.outputs_with_fixed_weights(model_checks.keeping_weights(unet)))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("unet")
    first, second, third = (f"conv {number}" for number in rng.choice(np.arange(4, 12), 3, replace=False))
    height, width = 8 * rng.integers(1, 4, 2)
    hidden_encoder = [f"input {height} {width} 3", first, "tanh", "pool", second, "relu", "pool", third, "norm", "relu"]
    arguments = hidden_encoder, ["relu0", "tanh0"], int(rng.integers(2, 7))
    checks.returns(
        model_checks.outputs_with_fixed_weights(unet), arguments, unet_outputs()(*arguments), mistakes, tolerance=1e-3
    )
    ### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_unet_frozen", "locked": true, "points": 1, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS


def unet_counts(freeze=None):
    """Parameters that may learn and others, counted from the layers' shapes."""

    def count(layers, skips, classes):
        sizes, channels, below, counts = {}, 3, 0, {"conv": 0, "relu": 0, "pool": 0}
        for text in layers[1:]:
            kind, *filters = text.split()
            if kind == "conv":
                below, channels = below + (9 * channels + 1) * int(filters[0]), int(filters[0])
            if kind != "frozen":
                sizes[f"{kind}{counts[kind]}"] = channels
                counts[kind] += 1
        decoder = 0
        for name in skips:
            decoder += (9 * (channels + sizes[name]) + 1) * sizes[name]
            channels = sizes[name]
        decoder += (channels + 1) * classes
        frozen = freeze if freeze is not None else "frozen" in layers
        return {True: [decoder, below], False: [decoder + below, 0], "all": [0, decoder + below]}[frozen]

    return count


mistakes = {
    "the encoder is frozen, although it was not": unet_counts(True),
    "the encoder may learn, although it was frozen": unet_counts(False),
    "the decoder is frozen too": unet_counts("all"),
}
counted = [([*small_encoder, *end], ["relu1", "relu0"], 3) for end in (["frozen"], [])]
visible_cases.record("unet_frozen", counted, unet_counts(), mistakes)
### END HIDDEN TESTS
with progress.exercise("unet_frozen"):
    checks.run("unet_frozen", model_checks.parameter_counts(unet))
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("unet_frozen")
    first, second = (f"conv {number}" for number in rng.choice(np.arange(4, 12), 2, replace=False))
    for end in (["frozen"], []):
        arguments = ["input 8 8 3", first, "relu", "pool", second, "relu", *end], ["relu0"], int(rng.integers(2, 7))
        checks.returns(model_checks.parameter_counts(unet), arguments, unet_counts()(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Now put your decoder on the frozen teacher, and train it with 30 masks and their mirror images.

# %%
face_teacher = teachers.load("faces_vgg16")
SKIPS = ["block3_conv3_relu", "block2_conv2_relu", "block1_conv2_relu"]
encoder = keras.Model(face_teacher.inputs[0], face_teacher.get_layer("block4_conv3_relu").output)
encoder.trainable = False
segmenter = unet(encoder, SKIPS, len(masked.class_names))
both_images = np.concatenate([masked.images, masked.images[:, :, ::-1]]).astype("float32")
both_masks = np.concatenate([masked.masks, masked.masks[:, :, ::-1]])
recompile(segmenter, 2e-3)  # Adam, cross-entropy of each pixel
segmenter.fit(both_images, both_masks, batch_size=10, epochs=25, verbose=0)
predicted_masks = segmenter.predict(masked_test.images.astype("float32"), verbose=0).argmax(axis=-1)
print(f"{np.mean(predicted_masks == masked_test.masks):.1%} of the pixels are correct")
print(f"{np.mean(masked_test.masks == 0):.1%} are correct if everything is background")

# %% [markdown]
# The second line shows why the share of correct pixels is a poor score. Background covers most of an image, so a
# network that never finds a mouth loses little. The usual score is the **mean intersection over union** (mean IoU). For
# class $c$, let $P_c$ be the pixels predicted as $c$, and $T_c$ the pixels that are $c$:
#
# $$\mathrm{IoU}_c = \frac{|P_c \cap T_c|}{|P_c \cup T_c|}, \qquad
# \text{mean IoU} = \frac{1}{|C|}\sum_{c \in C} \mathrm{IoU}_c .$$
#
# **Before you write it:** what should happen to a class that occurs in no mask and in no prediction?
#
# ### Exercise 9.6: Mean intersection over union
#
# | | |
# |---|---|
# | **Signature** | `mean_iou(predicted, true, classes)` |
# | **Arguments** | `predicted`, `true`: arrays or nested lists of the same shape, one image or several, with classes from 0 to `classes - 1` |
# | **Returns** | the mean IoU, a number |
# | **Rules** | Count the pixels of all images together. A class that occurs neither in `predicted` nor in `true` is left out of the mean. A class that occurs in only one of them counts as 0. Class 0 counts like any other. |
# | **Example** | `mean_iou([[0, 0], [1, 1]], [[0, 1], [1, 1]], 3)` is $(1/2 + 2/3) / 2 \approx 0.583$; class 2 is left out. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# After `np.asarray`, `predicted == c` and `true == c` are two arrays of true and false for each class. `&` gives their intersection, and
# `|` their union.
# </details>


# %% nbgrader={"grade": false, "grade_id": "mean_iou", "locked": false, "schema_version": 3, "solution": true}
def mean_iou(predicted, true, classes):
    """Mean over the classes of intersection over union, of all pixels of all images together.

    Parameters
    ----------
    predicted, true : array-like of int
        The same shape, such as (n, height, width); classes 0 to ``classes - 1``. At least one pixel.
    classes : int

    Returns
    -------
    float
        The mean over the classes that occur in `predicted` or in `true`.
    """
    ### BEGIN SOLUTION
    predicted, true = np.asarray(predicted), np.asarray(true)
    scores = []
    for label in range(classes):
        union = ((predicted == label) | (true == label)).sum()
        if union:
            scores.append(((predicted == label) & (true == label)).sum() / union)
    return float(np.mean(scores))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mean_iou", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import collections

from tlcourse.building import visible_cases


def counted_iou(predicted, true, classes):
    """From the counts of pairs of classes, pixel by pixel: (intersection, predicted, true) of each class."""
    pairs = collections.Counter(zip(np.ravel(predicted).tolist(), np.ravel(true).tolist(), strict=True))
    return [
        (
            pairs[label, label],
            sum(count for (first, _), count in pairs.items() if first == label),
            sum(count for (_, second), count in pairs.items() if second == label),
        )
        for label in range(classes)
    ]


def iou_mean(
    score=lambda both, first, second: both / (first + second - both),
    counts=lambda both, first, second: first + second > 0,
    absent=(),
    skip_first=False,
):
    """The mean of a score over the classes that count; each other class gives `absent`."""

    def mean(predicted, true, classes):
        rows = counted_iou(predicted, true, classes)[skip_first:]
        scores = [[score(*row)] if counts(*row) else list(absent) for row in rows]
        return float(sum(map(sum, scores)) / sum(map(len, scores)))

    return mean


def image_by_image(predicted, true, classes):
    """The mean over the images, if there are several."""
    if np.ndim(predicted) < 3:
        return None
    return float(np.mean([iou_mean()(*pair, classes) for pair in zip(predicted, true, strict=True)]))


def pooled_iou(predicted, true, classes):
    """All intersections by all unions."""
    rows = counted_iou(predicted, true, classes)
    return sum(row[0] for row in rows) / sum(row[1] + row[2] - row[0] for row in rows)


def weighted_iou(predicted, true, classes):
    """Each class weighs as many pixels as it has."""
    rows = [row for row in counted_iou(predicted, true, classes) if row[2]]
    return sum(row[2] * row[0] / (row[1] + row[2] - row[0]) for row in rows) / sum(row[2] for row in rows)


mistakes = {
    "a class that occurs nowhere counts as 0": iou_mean(absent=[0.0]),
    "a class that occurs nowhere counts as 1": iou_mean(absent=[1.0]),
    "a class that is predicted but not true is left out": iou_mean(counts=lambda both, first, second: second > 0),
    "a class that is true but not predicted is left out": iou_mean(counts=lambda both, first, second: first > 0),
    "a class without a correct pixel is left out": iou_mean(counts=lambda both, first, second: both > 0),
    "class 0 is left out": iou_mean(skip_first=True),
    "the score is the share of correct pixels": lambda predicted, true, classes: float(
        np.mean(np.asarray(predicted) == np.asarray(true))
    ),
    "the intersection is divided by the true pixels and not by the union": iou_mean(
        lambda both, first, second: both / second if second else 0.0
    ),
    "the intersection is divided by the predicted pixels and not by the union": iou_mean(
        lambda both, first, second: both / first if first else 0.0
    ),
    "the intersection counts twice in the union": iou_mean(lambda both, first, second: both / (first + second)),
    "the score is Dice, twice the intersection by the sum of both": iou_mean(
        lambda both, first, second: 2 * both / (first + second)
    ),
    "the mean is taken image by image": image_by_image,
    "all intersections together are divided by all unions": pooled_iou,
    "large classes weigh more": weighted_iou,
}
two_true = np.array([[[0, 0, 1], [0, 1, 1]], [[0, 0, 0], [2, 2, 0]]])
visible_cases.record(
    "mean_iou",
    [
        ([[0, 0], [1, 1]], [[0, 1], [1, 1]], 3),
        (np.array([[[0, 1, 1], [0, 1, 0]], [[0, 0, 3], [2, 0, 0]]]), two_true, 5),
        (np.array([0, 0, 0, 4]), np.array([0, 0, 0, 2]), 5),
        (np.array([[1, 1], [1, 1]]), np.array([[1, 1], [1, 1]]), 2),
    ],
    iou_mean(),
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("mean_iou"):
    checks.run("mean_iou", mean_iou)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("mean_iou")
    for used in (2, 4, 6):
        hidden_classes = used + int(rng.integers(0, 3))
        hidden_shape = tuple(int(size) for size in rng.integers(2, 6, 3))
        hidden_true = rng.integers(0, used, hidden_shape)
        hidden_predicted = np.where(rng.random(hidden_shape) < 0.5, hidden_true, rng.integers(0, used, hidden_shape))
        arguments = hidden_predicted, hidden_true, hidden_classes
        checks.returns(mean_iou, arguments, iou_mean()(*arguments), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Why not count correct pixels? In the figure, the prediction is the true mask of one portrait at first. Move a part, or
# shrink its outline, and compare the two scores.
#
# **Before you try it:** which part can vanish while nearly all pixels stay correct?

# %%
portrait, its_mask = masked_test.images[2], masked_test.masks[2]
widgets.OverlapExplorer(portrait, its_mask, masked_test.class_names, PART_COLORS)

# %% [markdown]
# Score the U-Net with your function, and look at some of its masks. The last row shows where it is wrong.

# %%
live_score = mean_iou(predicted_masks, masked_test.masks, len(masked.class_names))
print(f"mean IoU on 60 portraits of other people: {live_score:.3f}")
figure, rows = plt.subplots(4, 8, figsize=(10, 5.4), layout="constrained")
wrong = predicted_masks != masked_test.masks
shown_rows = (masked_test.images, PART_COLORS[masked_test.masks], PART_COLORS[predicted_masks], wrong)
for line, drawn in zip(rows, shown_rows, strict=True):
    for axes, each in zip(line, drawn, strict=False):
        axes.imshow(each, cmap="Reds")
        axes.set(xticks=[], yticks=[])
for axes, name in zip(rows[:, 0], ("image", "true", "predicted", "wrong"), strict=True):
    axes.set_ylabel(name)
figure.suptitle("Errors follow the outlines, and some hair is missing entirely")
plt.show()

# %% [markdown]
# > **Try it.** Train with `masked.take(slice(5))` instead of all 30 masks. Which part does the network lose first?
#
# **A teacher that names people can be the encoder of a network that labels pixels: only the decoder is new.**
#
# ## What the teacher saves in masks
#
# The recorded experiment compares four U-Nets of the same shape, on 10 and on 50 masks. In the first, the teacher is
# frozen. In the second, it is fine-tuned at a lower rate. The third is the same network from scratch, and the fourth
# has a frozen encoder with random weights. Each of the five runs uses different people, and tests on 60 portraits of
# people that no run trained on. All four train for the same 120 steps at usual rates, so none of the networks produces
# the best masks that it could learn.
#
# **Before you run the cell:** how will the four rank with 10 masks?

# %% tags=["nbval-check-output"]
masks_record = results("segmentation_labels")
for count in ("10", "50"):
    for name in ("frozen", "fine_tuned", "scratch", "random_frozen"):
        print(f"{count} masks, {name.replace('_', ' '):<14} mean IoU {precision_of(masks_record[count][name])}")
    print(
        f"{count} masks, frozen minus scratch: {change(masks_record[count]['frozen'], masks_record[count]['scratch'])}"
    )

# %%
names = ("frozen", "fine_tuned", "scratch", "random_frozen")
bars = {
    f"{count} masks, {name.replace('_', ' ')}": masks_record[count][name] for count in ("10", "50") for name in names
}
plots.interval_bars(bars, percent=False).set(
    xlabel="mean IoU", title="The trained encoder is ahead with 10 and with 50 masks"
)
plt.show()

# %% [markdown]
# With 10 masks, the frozen teacher is 0.14 (0.11 to 0.17) ahead of the same network from scratch, and with 50 masks
# 0.14 (0.10 to 0.18). The random encoder shows that the *training* counts: both networks have the same architecture,
# and in both only the decoder learns. Fine-tuning did not do better than freezing. We did not try longer training from
# scratch with augmentation.
#
# **In this short training, features that name people also outline their parts (C47).**
#
# ### Nuclei, and damage on metal
#
# Drawn faces are close to what the teacher has learned. What about a task for which somebody would pay? Two sets of
# real images have masks. In the first, a doctor wants the nuclei of cells under a microscope. In the second, a factory
# wants to see *pitting*, small pits in the metal of a worn ball screw. Many of these images show the same place on the
# screw. So each place goes entirely to the training set or entirely to the test set; otherwise, the network could
# recognize a place.
#
# The recorded experiment trains three of the four networks for 80 steps, on images of 48×48 pixels. These images, too,
# come only from a local mirror, so this unit shows only the results.
#
# **Before you run the cell:** does a teacher that has seen only drawn faces help with cells and metal?

# %% tags=["nbval-check-output"]
real_masks = results("real_segmentation")
tasks = {f"nuclei, {count} masks": real_masks["nuclei"][count] for count in ("10", "50")}
tasks["pitting, 50 masks"] = real_masks["pitting"]
for task, row in tasks.items():
    for name in ("frozen", "scratch", "random_frozen"):
        print(f"{task}, {name.replace('_', ' '):<14} IoU {precision_of(row[name])}")
    for other in ("scratch", "random_frozen"):
        print(f"{task}, frozen minus {other.replace('_', ' ')}: {change(row['frozen'], row[other])}")

# %%
bars = {f"{task}, {name.replace('_', ' ')}": row[name] for task, row in tasks.items() for name in row}
plots.interval_bars(bars, percent=False).set(
    xlabel="IoU of nuclei, or of pitting", title="The faces teacher's mean is highest in all three rows of real masks"
)
plt.show()

# %% [markdown]
# With 50 masks of nuclei, the frozen faces teacher is 0.06 (0.03 to 0.10) ahead of the same network from scratch. With
# 10 masks, and for pitting, we could not detect a difference. In all three rows, it is ahead of a frozen encoder with
# random weights, by 0.09 to 0.18. So the training on faces matters, not only the architecture. But a random encoder
# that learns along with its decoder makes up for some of this training. Here, we tried neither fine-tuning nor a
# teacher trained on photos.
#
# For each task, the five runs sample images from a single collection. The intervals cover this sampling, but not
# another microscope or another machine.
#
# **On real masks, the gain from a distant teacher is smaller, and at times too small for us to detect (C51).**
#
# ## What the skips carry
#
# Remove the skips and keep everything else: the same frozen teacher, the same decoder of convolutions, 50 masks. All
# that the decoder knows now comes from maps of 6×6 pixels.
#
# **Before you run the cell:** which part suffers most?

# %% tags=["nbval-check-output"]
print("mean IoU with skips minus without:", change(masks_record["50"]["frozen"], masks_record["50"]["no_skips"]))
for part in parts.CLASS_NAMES:
    with_skips, without = (masks_record[f"parts_{name}"][part]["mean"] for name in ("frozen", "no_skips"))
    print(f"{part:<11} IoU with skips {with_skips:.2f}, without {without:.2f}")
print(f"share of pixels at an outline: {masks_record['outline_share']['mean']:.1%}")
for name in ("frozen", "no_skips"):
    wrong_share = {place: masks_record[f"wrong_{name}"][place]["mean"] for place in ("outline", "elsewhere")}
    print(f"{name:<9} wrong at an outline {wrong_share['outline']:.1%}, elsewhere {wrong_share['elsewhere']:.1%}")

# %% [markdown]
# Without skips, the mean IoU falls by 0.17 (0.15 to 0.19). The mouth nearly disappears: it is about as large as one
# pixel of the last maps, so its outline cannot be restored from there. A pixel counts as "at an outline" if it touches
# another class. With skips, 42.3% of these pixels are wrong, but only 8.7% of the others.
#
# **Late maps say what there is, and early maps say where it ends. Skips let a decoder use both.**
#
# ## Dilation instead of pooling
#
# DeepLab (Chen et al. 2017) keeps the maps large in another way. It leaves out a pooling layer and spreads the taps of
# the next convolutions apart: with a *dilation* of 2, a 3×3 kernel reads every second pixel. Each unit sees as much of
# the image as before, and the weights still fit. The price is four times as many positions to compute.
#
# What else could you buy for this cost? The cell counts multiply-adds for four networks on the same frozen teacher.
# "Linear" is a single 1×1 convolution, whose logits are enlarged by interpolation.

# %% tags=["nbval-check-output"]
for name, score in (("linear", "linear"), ("dilated", "dilated"), ("no_skips", "no skips"), ("frozen", "U-Net")):
    cost = masks_record["multiply_adds"][name]["mean"]
    print(f"{score:<9} {cost / 1e6:5.1f} million multiply-adds, mean IoU {precision_of(masks_record['50'][name])}")
print("dilated minus linear:", change(masks_record["50"]["dilated"], masks_record["50"]["linear"]))
print("dilated minus decoder without skips:", change(masks_record["50"]["dilated"], masks_record["50"]["no_skips"]))

# %% [markdown]
# Here, dilation shows no detectable gain over a single 1×1 convolution, and we could not detect a difference from the
# decoder without skips, which costs about the same. The U-Net is best, and it costs most. A dilated teacher needs no
# new layers, but this one was trained without dilation. DeepLab's later versions combine dilation at several rates with
# a small decoder.
#
# **Dilation and skips are two remedies for the same loss of resolution. Compare them at the same cost.**
#
# ## An image as a row of patches
#
# All teachers so far have been convolutional networks. The **Vision Transformer** (ViT, Dosovitskiy et al. 2021) treats
# an image the way unit 08 treated a sentence. It cuts the image into **patches**, turns each into a vector with the
# same matrix, adds a vector for its position, and sends the row through transformer layers. A head reads the mean of
# all states, or the state of an additional class token.
#
# ### Exercise 9.7: Cut images into patches
#
# | | |
# |---|---|
# | **Signature** | `patches(images, size)` |
# | **Arguments** | `images`: array of shape `(n, height, width, channels)`; `size`: height and width of a patch in pixels |
# | **Returns** | array of shape `(n, patches, size * size * channels)` |
# | **Rules** | Order the patches row by row, each row from left to right. Within a patch, the numbers keep the order of the image: rows, then columns, then channels. A height or width that is not a multiple of `size` raises a `ValueError`. |
# | **Example** | Images of shape `(10, 48, 48, 3)` and a size of 6 give shape `(10, 64, 108)`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# A plain `reshape` takes pixels from a whole row of the image. Reshape to
# `(n, rows, size, columns, size, channels)`, swap two axes, and reshape again.
# </details>


# %% nbgrader={"grade": false, "grade_id": "patches", "locked": false, "schema_version": 3, "solution": true}
def patches(images, size):
    """Cut images into square patches, each flattened to a row of numbers.

    Parameters
    ----------
    images : array-like
        Shape (n, height, width, channels).
    size : int
        Height and width of a patch in pixels.

    Returns
    -------
    numpy.ndarray
        Shape (n, patches, size * size * channels): patches row by row, pixels row by row, then channels.

    Raises
    ------
    ValueError
        If the height or the width is not a multiple of `size`.
    """
    ### BEGIN SOLUTION
    images = np.asarray(images)
    n, height, width, channels = images.shape
    if height % size or width % size:
        raise ValueError(f"patches of {size} pixels do not cover {height} x {width} pixels")
    cut = images.reshape(n, height // size, size, width // size, size, channels)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(n, -1, size * size * channels)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_patches", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases
from tlcourse.exercises.values import Raised


def patches_by_loops(flat=np.ravel, by_columns=False, check=True):
    """Patch by patch; `flat` makes a row of numbers of one patch."""

    def cut(images, size):
        images = np.asarray(images)
        height, width = images.shape[1:3]
        if check and (height % size or width % size):
            return Raised("ValueError")
        corners = [(y, x) for y in range(0, height - size + 1, size) for x in range(0, width - size + 1, size)]
        corners = sorted(corners, key=lambda corner: corner[::-1]) if by_columns else corners
        return np.array([[flat(image[y : y + size, x : x + size]) for y, x in corners] for image in images])

    return cut


def only_reshaped(images, size):
    """What a single reshape gives."""
    images = np.asarray(images)
    return images.reshape(len(images), -1, size * size * images.shape[-1])


mistakes = {
    "the images are reshaped without exchanging axes, so a patch takes pixels of other patches": only_reshaped,
    "the patches go column by column": patches_by_loops(by_columns=True),
    "the pixels of a patch go column by column": patches_by_loops(lambda patch: np.ravel(patch.transpose(1, 0, 2))),
    "the channels come first within a patch": patches_by_loops(lambda patch: np.ravel(patch.transpose(2, 0, 1))),
    "the patches are not flattened": patches_by_loops(lambda patch: patch),
    "the channels are averaged": patches_by_loops(lambda patch: patch.mean(axis=-1).ravel()),
    "each patch is averaged": patches_by_loops(lambda patch: patch.mean(axis=(0, 1))),
    "pixels at the edge are dropped where patches do not cover the image": patches_by_loops(check=False),
}
numbered = np.arange(2 * 4 * 6 * 2).reshape(2, 4, 6, 2)
visible_cases.record(
    "patches",
    [
        (np.arange(16).reshape(1, 4, 4, 1) * 20.5, 2),
        (numbered, 2),
        (numbered[:1], 1),
        (numbered[:, :, :4], 4),
        (numbered, 4),
        (numbered[:, :3], 2),
        (numbered[:, :, :5], 2),
    ],
    patches_by_loops(),
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("patches"):
    checks.run("patches", patches)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("patches")
    for hidden_size in (2, 3):
        across, down = rng.permutation([2, 3, 4])[:2] * hidden_size
        hidden_images = rng.normal(size=(2, int(down), int(across), 3))
        checks.returns(patches, (hidden_images, hidden_size), patches_by_loops()(hidden_images, hidden_size), mistakes)
    checks.returns(patches, (hidden_images[:, :-1], hidden_size), Raised("ValueError"))
    ### END HIDDEN TESTS

# %% [markdown]
# In code, the first layer of a ViT is often a convolution whose stride is as large as its kernel. Your patches show
# that this is the same as applying one dense layer to each patch.

# %% tags=["nbval-check-output"]
vit = build_vit(20, patch=8)
scaled = masked_test.images[:4] / 127.5 - 1
kernel, bias = vit.get_layer("patches").get_weights()
by_hand = patches(scaled, 8) @ kernel.reshape(-1, kernel.shape[-1]) + bias
by_layer = vit.get_layer("patches")(scaled.astype("float32"))
print("the same:", np.allclose(by_hand, np.reshape(by_layer, by_hand.shape), atol=1e-4))
print(f"{by_hand.shape[1]} patches of {kernel.size // kernel.shape[-1]} numbers; {vit.count_params():,} parameters")
vit_b16 = counting.blueprint(build_vit, 1000, size=224, patch=16, width=768, depth=12, heads=12, hidden=3072)
print(f"ViT-B/16: {vit_b16.count_params():,} parameters, and with a class token {vit_b16.count_params() + 2 * 768:,}")

# %% [markdown]
# Two assumptions are built into a convolution: neighbors belong together, and a nose is a nose anywhere. A transformer
# has to learn both. So what is it worth as a teacher if its source is small?
#
# In the recorded experiment, a ViT and a convolutional network with about the same number of parameters learn the same
# 40 people from 30 portraits each, in eight epochs. Then both are frozen, and a linear classifier on their features
# learns digits and galaxies from few images. The same networks with random weights are the control. Both learning rates
# are common choices, and neither was tuned.
#
# **Before you run the cell:** which of the two is better on the faces, and does the same one transfer better?

# %% tags=["nbval-check-output"]
vit_record = results("vit_transfer")
for name in ("vit", "cnn"):
    print(f"{name}: 40 people {shown(vit_record['source'][name])}, guessing {1 / 40:.1%}")
for target in ("digits", "galaxies"):
    for count in ("5", "20"):
        entries = {name: vit_record[target][name][count] for name in vit_record[target]}
        row = ", ".join(f"{name.replace('_', ' ')} {entries[name]['mean']:.1%}" for name in sorted(entries))
        print(f"{target}, {count} of each class: {row}")
        for first, second in (
            ("vit_trained", "vit_random"),
            ("cnn_trained", "cnn_random"),
            ("vit_trained", "cnn_trained"),
        ):
            names = f"{first} minus {second}".replace("_", " ")
            print(f"   {names}: {gain(entries[first], entries[second])}")

# %% [markdown]
# On so few portraits, the ViT has hardly learned its source: it names 6.8% (5.6% to 8.3%) of the portraits correctly,
# where guessing finds 2.5%. The convolutional network reaches 60.9%.
#
# The control holds a surprise. Its training made the ViT's features *worse* than random ones for digits: with 20 of
# each class, accuracy falls by 17.7 percentage points (16.8 to 18.6). For galaxies, we could not detect a change. The
# convolutional network already does well with random weights, and we could not detect that its training helps on either
# target. This ViT barely learned its source, and its features did worse on digits than random ones. For the CNN, we
# could not detect that training helped.
#
# Longer training or another learning rate could change this; we did not measure it. A ViT became a good teacher only
# with sources of 14 to 300 million images (Dosovitskiy et al. 2021), and this experiment says nothing about such a ViT.
#
# What does attention look at? Train a small ViT on 20 people for a few seconds. In each image, one patch is marked. The
# figure shows which patches it looks at, in the first and in the last of four layers, as the mean over the heads.

# %%
sitters = faces.portraits(faces.TEACHER_PEOPLE[:20], 30, seed=93)
recompile(vit, 1e-3)
vit.fit(sitters.images.astype("float32"), sitters.labels, batch_size=30, epochs=10, verbose=0)
figure, rows = plt.subplots(3, 6, figsize=(9, 4.9), layout="constrained")
looks = [attention_maps(vit, sitters.images[::60][:6], layer=layer).mean(axis=1) for layer in (1, 4)]
queries = (14, 15, 20, 21, 8, 27)
for column, query in enumerate(queries):
    rows[0, column].imshow(sitters.images[::60][column])
    corner = 8 * (query % 6) - 0.5, 8 * (query // 6) - 0.5
    rows[0, column].add_patch(plt.Rectangle(corner, 8, 8, fill=False, color="white", lw=2))
    for axes, weights in zip(rows[1:, column], looks, strict=True):
        axes.imshow(weights[column, query].reshape(6, 6), cmap="Blues", vmin=0)
for axes in rows.flat:
    axes.set_axis_off()
figure.suptitle("Where the marked patch looks: in the first layer (middle) and in the last one (below)")
plt.show()

# %% [markdown]
# > **Try it.** Choose layers 2 and 3, or other patches in `queries`, from 0 (top left) to 35. Which layer looks nearby?
#
# Read such maps with care. They show what one layer mixes, not why the network decides as it does.
#
# **A transformer has no built-in idea of a neighborhood. With our small source and short training it was a poor
# teacher; its fame rests on sources of millions of images.**
#
# ## A catalog of teachers
#
# In practice you choose among published teachers. The table lists those from the lectures (C45). Keras publishes the
# accuracy on ImageNet. We counted the multiply-adds in the architecture, for one image. Change `by` to sort by another
# column. The last column names what loads a teacher: a function of
# [keras.applications](https://keras.io/api/applications/), or a preset of
# [keras-hub](https://keras.io/keras_hub/presets/).

# %% tags=["nbval-check-output"]
by = "multiply_adds"
for row in sorted(vision_zoo.rows(), key=lambda row: (getattr(row, by) is None, getattr(row, by))):
    print(
        f"{row.name:<18}{row.input_size:>4} px {row.parameters / 1e6:>6.1f} M {row.multiply_adds / 1e9:>6.2f} G "
        f"{f'{row.accuracy}%' if row.accuracy else 'not listed':>10}  {row.license:<11} {row.loads}"
    )

# %% [markdown]
# Keras has no Vision Transformer; `keras-hub`, a separate package, does (C45). Its accuracy is not in Keras's table, so
# ours does not list it: numbers from different papers come from different training. Compare rows with the same cost.
# From VGG16 to EfficientNetB0, five years of work bought more accuracy for a fraction of the multiply-adds. But
# accuracy on ImageNet is not accuracy on your task. This course did not measure how well one predicts the other; unit
# 06 compares scores that are computed on the target itself.
#
# > **Try it.** Sort by `accuracy`, `parameters` or `license`. Which teacher is the most accurate below one billion multiply-adds?
#
# **Choose by what your device can afford and the license allows; then measure.**

# %% [markdown]
# ### Written answer: Boxes for a new task
#
# A fish farm wants to count the fish in underwater photos. It has a classifier of 40 fish species that its staff
# trained on photos of single fish, and 30 photos with boxes. Answer in about eight sentences, with numbers from this
# unit. (3 points)
#
# - (a) Which parts of the classifier would you reuse, and why can they say where something is? (1 point)
# - (b) How would you find out whether the classifier is worth the trouble? Name the arms (the ways that you compare),
#   and say what must be equal. (1 point)
# - (c) When would you expect that it does not pay off? Use two results of this unit. (1 point)

# %% [markdown] nbgrader={"grade": true, "grade_id": "new_boxes", "locked": false, "points": 3, "schema_version": 3, "solution": true}
# (a) The convolutions, up to a layer whose cells are about as large as the middle of a fish. Each cell of a map
# describes one place, and the dense layers, which mix all places, are left out. A new head predicts five numbers for
# each cell.
#
# (b) I would set aside test photos, by day or by pond, and compare the AP of four arms on them: the frozen classifier,
# the fine-tuned classifier, a small network from scratch with augmentation, and the same architecture with random
# frozen weights. All get the same 30 photos, and rates are chosen on other photos. I would repeat this with several
# selections of training photos.
#
# (c) With many labels and enough time: with 200 scenes and longer training, the network from scratch came closer, 0.91
# against 0.92. And for photos unlike those that the classifier has learned from: on blood cells with 20 photos, the
# frozen faces teacher reached 0.80, and the network from scratch 0.96. The fish classifier has seen fish, so I expect
# it to pay off here.
#
# === BEGIN MARK SCHEME ===
# 1 point: the convolutional layers, because their maps preserve positions (a cell for each part of the image); the
# dense layers go.
#
# 1 point: compare the classifier with at least a network from scratch (with augmentation) and random frozen weights,
# with equal labels, settings chosen in the same way, and separate test photos.
#
# 1 point: with many labels (the curve of the network from scratch reaches or passes the frozen teacher), and for a task
# unlike the teacher's (the blood cells), each with a number or a count from this unit.
# === END MARK SCHEME ===

# %% [markdown]
# ## Summary
#
# 1. **A classifier becomes a detector.** Its maps preserve positions. For each cell, a head of two convolutions
#    predicts whether an object's middle is there, and its box.
# 2. **Duplicates and scores.** Suppression keeps the best of overlapping boxes. Average precision rates the whole
#    ranking of detections, at an overlap of 0.5.
# 3. **Labels saved.** With its last block fine-tuned, the teacher reached with 20 scenes about what a small network
#    from scratch reached with 200 in the same time. With twice the time and 200 scenes, we could no longer detect a
#    gain. For a frozen teacher alone, we could not detect a difference from training from scratch, and on blood cells
#    it lost.
# 4. **A second stage** looks at each proposal again. In our miniature it took twice as long, and we could not detect a
#    gain.
# 5. **Outlines.** A U-Net puts a decoder on the encoder, with a skip connection for each size of map. Its score is the
#    mean intersection over union of the classes.
# 6. **Patches.** A Vision Transformer reads an image as a row of patches. A catalog lists what published teachers cost
#    and what licenses they have.

# %%
progress
