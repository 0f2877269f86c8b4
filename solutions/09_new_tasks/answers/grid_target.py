# %% right: sorted by area, so that the largest box is written last
def grid_target(boxes, stride, size):
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    target = np.zeros((size // stride, size // stride, 5))
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for place in np.argsort(areas[::-1], kind="stable"):
        left, top, right, bottom = boxes[::-1][place]
        middle = np.array([left + right, top + bottom]) / (2 * stride)
        cell = np.minimum(middle.astype(int), size // stride - 1)
        share = middle - cell
        target[cell[1], cell[0]] = [1, *share, np.log((right - left) / stride), np.log((bottom - top) / stride)]
    return target


# %% right: without a loop over boxes in the arithmetic
def grid_target(boxes, stride, size):
    boxes, cells = np.array(boxes, dtype=float).reshape(-1, 4), size // stride
    middles, sides = (boxes[:, :2] + boxes[:, 2:]) / 2 / stride, (boxes[:, 2:] - boxes[:, :2]) / stride
    places = np.clip(np.floor(middles), 0, cells - 1).astype(int)
    rows = np.column_stack([np.ones(len(boxes)), middles - places, np.log(sides)])
    target, best = np.zeros((cells, cells, 5)), {}
    for number, (column, row) in enumerate(places.tolist()):
        before = best.get((row, column))
        if before is None or sides[number].prod() > sides[before].prod():
            best[row, column] = number
            target[row, column] = rows[number]
    return target


# %% right: nested lists with math.log
def grid_target(boxes, stride, size):
    import math

    cells = size // stride
    target = [[[0.0] * 5 for _ in range(cells)] for _ in range(cells)]
    largest = {}
    for left, top, right, bottom in np.asarray(boxes).reshape(-1, 4).tolist():
        column = min(int((left + right) / 2 // stride), cells - 1)
        row = min(int((top + bottom) / 2 // stride), cells - 1)
        area = (right - left) * (bottom - top)
        if area > largest.get((row, column), 0):
            largest[row, column] = area
            x, y = (left + right) / 2 / stride - column, (top + bottom) / 2 / stride - row
            target[row][column] = [1.0, x, y, math.log((right - left) / stride), math.log((bottom - top) / stride)]
    return target


# %% right: float32
def grid_target(boxes, stride, size):
    cells = size // stride
    target = np.zeros((cells, cells, 5), dtype=np.float32)
    taken = np.zeros((cells, cells))
    for box in np.asarray(boxes, dtype=float).reshape(-1, 4):
        center, wide_high = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        column, row = np.minimum(center // stride, cells - 1).astype(int)
        if taken[row, column] < wide_high.prod():
            taken[row, column] = wide_high.prod()
            target[row, column, 0] = 1
            target[row, column, 1:3] = center / stride - (column, row)
            target[row, column, 3:] = np.log(wide_high / stride)
    return target


# %% wrong: rows and columns exchanged
# message: rows and columns are exchanged
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if (right - left) * (bottom - top) > areas[column, row]:
            areas[column, row] = (right - left) * (bottom - top)
            target[column, row] = [
                1,
                x - column,
                y - row,
                np.log((right - left) / stride),
                np.log((bottom - top) / stride),
            ]
    return target


# %% wrong: the last box wins
# message: the last one counts
def grid_target(boxes, stride, size):
    cells = size // stride
    target = np.zeros((cells, cells, 5))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        target[row, column] = [1, x - column, y - row, np.log((right - left) / stride), np.log((bottom - top) / stride)]
    return target


# %% wrong: no logarithm
# message: logarithm of width and height is missing
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if (right - left) * (bottom - top) > areas[row, column]:
            areas[row, column] = (right - left) * (bottom - top)
            target[row, column] = [1, x - column, y - row, (right - left) / stride, (bottom - top) / stride]
    return target


# %% wrong: the logarithm of pixels
# message: not divided by the stride before the logarithm
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if (right - left) * (bottom - top) > areas[row, column]:
            areas[row, column] = (right - left) * (bottom - top)
            target[row, column] = [1, x - column, y - row, np.log(right - left), np.log(bottom - top)]
    return target


# %% wrong: shares in pixels
# message: x and y are in pixels
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2, (top + bottom) / 2
        column, row = min(int(x / stride), cells - 1), min(int(y / stride), cells - 1)
        if (right - left) * (bottom - top) > areas[row, column]:
            areas[row, column] = (right - left) * (bottom - top)
            sides = np.log((right - left) / stride), np.log((bottom - top) / stride)
            target[row, column] = [1, x - column * stride, y - row * stride, *sides]
    return target


# %% wrong: x and y exchanged in the cell
# message: x and y are exchanged
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if (right - left) * (bottom - top) > areas[row, column]:
            areas[row, column] = (right - left) * (bottom - top)
            target[row, column] = [
                1,
                y - row,
                x - column,
                np.log((right - left) / stride),
                np.log((bottom - top) / stride),
            ]
    return target


# %% wrong: width and height exchanged
# message: width and height are exchanged
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if (right - left) * (bottom - top) > areas[row, column]:
            areas[row, column] = (right - left) * (bottom - top)
            target[row, column] = [
                1,
                x - column,
                y - row,
                np.log((bottom - top) / stride),
                np.log((right - left) / stride),
            ]
    return target


# %% wrong: the upper left corner decides
# message: upper left corner
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = left / stride, top / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if (right - left) * (bottom - top) > areas[row, column]:
            areas[row, column] = (right - left) * (bottom - top)
            target[row, column] = [
                1,
                x - column,
                y - row,
                np.log((right - left) / stride),
                np.log((bottom - top) / stride),
            ]
    return target


# %% wrong: no room on the edge
# message: edge of the scene has no cell
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = int(x), int(y)
        if (right - left) * (bottom - top) > areas[row, column]:
            areas[row, column] = (right - left) * (bottom - top)
            target[row, column] = [
                1,
                x - column,
                y - row,
                np.log((right - left) / stride),
                np.log((bottom - top) / stride),
            ]
    return target


# %% wrong: the share on the edge is 0
# message: share is 0 instead of 1
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if (right - left) * (bottom - top) > areas[row, column]:
            areas[row, column] = (right - left) * (bottom - top)
            target[row, column] = [1, x % 1, y % 1, np.log((right - left) / stride), np.log((bottom - top) / stride)]
    return target


# %% wrong: the longest outline wins
# message: largest width plus height
def grid_target(boxes, stride, size):
    cells = size // stride
    target, best = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, dtype=float).reshape(-1, 4):
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if (right - left) + (bottom - top) > best[row, column]:
            best[row, column] = (right - left) + (bottom - top)
            target[row, column] = [
                1,
                x - column,
                y - row,
                np.log((right - left) / stride),
                np.log((bottom - top) / stride),
            ]
    return target


# %% right: loop with the largest
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, float).reshape(-1, 4):
        x, y, w, h = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
        column, row = min(int(x // stride), cells - 1), min(int(y // stride), cells - 1)
        if w * h > areas[row, column]:
            areas[row, column] = w * h
            target[row, column] = [1, x / stride - column, y / stride - row, np.log(w / stride), np.log(h / stride)]
    return target


# %% right: sorted by area, assigned backward
def grid_target(boxes, stride, size):
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    cells = size // stride
    target = np.zeros((cells, cells, 5), dtype="float32")
    wide = boxes[:, 2:] - boxes[:, :2]
    order = np.argsort(-wide.prod(axis=1), kind="stable")[::-1]
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 / stride
    place = np.minimum(np.floor(middle).astype(int), cells - 1)
    for i in order:
        c, r = place[i]
        target[r, c] = (1, *(middle[i] - place[i]), *np.log(wide[i] / stride))
    return target


# %% right: dictionary of the best box per cell
def grid_target(boxes, stride, size):
    cells, best = size // stride, {}
    for box in [tuple(map(float, box)) for box in boxes]:
        x, y = (box[0] + box[2]) / (2 * stride), (box[1] + box[3]) / (2 * stride)
        key = (min(int(y), cells - 1), min(int(x), cells - 1))
        area = (box[2] - box[0]) * (box[3] - box[1])
        if key not in best or best[key][0] < area:
            best[key] = (area, [1, x - key[1], y - key[0], np.log((box[2] - box[0]) / stride), np.log((box[3] - box[1]) / stride)])
    target = np.zeros((cells, cells, 5))
    for key, (_, numbers) in best.items():
        target[key] = numbers
    return target


# %% wrong: area clipped to the scene decides which box is larger
# message: of several boxes in a cell the one with the largest part wit
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, float).reshape(-1, 4):
        x, y, w, h = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
        column, row = min(int(x // stride), cells - 1), min(int(y // stride), cells - 1)
        area = (min(right, size) - max(left, 0)) * (min(bottom, size) - max(top, 0))
        if area > areas[row, column]:
            areas[row, column] = area
            target[row, column] = [1, x / stride - column, y / stride - row, np.log(w / stride), np.log(h / stride)]
    return target


# %% wrong: integer middle, half pixels are lost
# message: the middle is rounded down to whole pixels
def grid_target(boxes, stride, size):
    cells = size // stride
    target, areas = np.zeros((cells, cells, 5)), np.zeros((cells, cells))
    for left, top, right, bottom in np.asarray(boxes, float).reshape(-1, 4):
        x, y, w, h = (left + right) // 2, (top + bottom) // 2, right - left, bottom - top
        column, row = min(int(x // stride), cells - 1), min(int(y // stride), cells - 1)
        if w * h > areas[row, column]:
            areas[row, column] = w * h
            target[row, column] = [1, x / stride - column, y / stride - row, np.log(w / stride), np.log(h / stride)]
    return target


# %% wrong: the array has the dtype of whole-number boxes
# message: the target is cut to whole numbers, because it has the dtype
def grid_target(boxes, stride, size):
    boxes = np.asarray(boxes).reshape(-1, 4)
    cells = size // stride
    target = np.zeros((cells, cells, 5), dtype=boxes.dtype)
    areas = np.zeros((cells, cells))
    for left, top, right, bottom in boxes:
        x, y, w, h = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
        column, row = min(int(x // stride), cells - 1), min(int(y // stride), cells - 1)
        if w * h > areas[row, column]:
            areas[row, column] = w * h
            target[row, column] = [1, x / stride - column, y / stride - row, np.log(w / stride), np.log(h / stride)]
    return target
