"""Give the exercises of a unit the points that course.toml states, in the metadata and in the text above them."""

import math
import re

from tlcourse import notebooks
from tlcourse.building.stated_counts import HEADING, NUMBER, POINTS

WRITTEN_POINTS = re.compile(rf"\(({NUMBER}) points?\b")


def set_points(notebook, points):
    """Change the points of exercises, of single checks and of written answers, in place.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    points : dict of str to float
        By the name of an exercise, whose checks share them, of a check, or of a written answer.
    """
    for name, (answer, tests) in notebooks.exercises(notebook).items():
        old = [test.metadata.nbgrader.points for test in tests]
        new = shares(points[name], old) if name in points else list(old)
        new = [points.get(test.metadata.nbgrader.grade_id, share) for test, share in zip(tests, new, strict=True)]
        if new != old:
            for test, value in zip(tests, new, strict=True):
                test.metadata.nbgrader.points = value
            _restate(notebook, answer, [sum(old), *old], [sum(new), *new])
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and nbgrader.get("grade_id") in points:
            nbgrader.points = points[nbgrader.grade_id]
            _restate_written(notebook, cell)


def shares(total, old):
    """Points for each check of an exercise, in proportion to the old ones; whole numbers if the total is one.

    Parameters
    ----------
    total : float
    old : list of float
        The points of the checks.

    Returns
    -------
    list of float
        They add up to the total. No check loses all its points if there is one for each.
    """
    if len(old) == 1:
        return [total]
    weights = old if sum(old) else [1] * len(old)
    exact = [total * weight / sum(weights) for weight in weights]
    if total != int(total):
        return exact
    least = 1 if total >= len(old) else 0
    whole = [max(least, math.floor(value)) for value in exact]
    while (rest := int(total) - sum(whole)) != 0:
        gaps = [value - share for value, share in zip(exact, whole, strict=True)]
        place = gaps.index(max(gaps)) if rest > 0 else gaps.index(min(gaps))
        whole[place] += 1 if rest > 0 else -1
    return whole


def _statement(notebook, answer):
    """The Markdown cell that states an exercise: the last one with its heading above the answer."""
    place = next(index for index, cell in enumerate(notebook.cells) if cell is answer)
    texts = [cell for cell in notebook.cells[:place] if cell.cell_type == "markdown" and HEADING.search(cell.source)]
    return texts[-1] if texts else None


def _restate(notebook, answer, old, new):
    """Replace the points in an exercise's statement: of the whole, and of the parts where it states them."""
    cell = _statement(notebook, answer)
    start = [match.end() for match in HEADING.finditer(cell.source)][-1] if cell else None
    stated = POINTS.search(cell.source, start) if cell else None
    if stated is None:
        return
    numbers = _numbers(stated[0])
    if numbers == old:
        text = _replaced(stated[0], new)
    elif new[1:] and len(numbers) == 1:
        text = _replaced(stated[0], new[:1])
    else:  # parts that are not those of the checks: only the sum is sure
        text = _replaced(re.match(rf"{NUMBER} points?", stated[0])[0], new[:1])
    cell.source = cell.source[: stated.start()] + text + cell.source[stated.end() :]


def _restate_written(notebook, answer):
    """Replace the points above a written answer."""
    place = next(index for index, cell in enumerate(notebook.cells) if cell is answer)
    for cell in reversed(notebook.cells[:place]):
        if WRITTEN_POINTS.search(cell.source):
            points = _with_unit(answer.metadata.nbgrader.points)
            cell.source = WRITTEN_POINTS.sub(f"({points}", cell.source, count=1)
            return
        if cell.cell_type != "markdown":
            return


def _pieces(text):
    """A text cut at its backticks: every second piece is code, in which numbers are no points."""
    return re.split(r"(`[^`]*`)", text)


def _numbers(text):
    prose = "".join(_pieces(text)[::2])
    return [float(number) for number in re.findall(rf"\b{NUMBER}\b", prose)]


def _replaced(text, values):
    """The text with its numbers replaced in order; those beyond the values stay."""
    values = iter(values)
    pieces = _pieces(text)
    for index in range(0, len(pieces), 2):
        pieces[index] = re.sub(
            rf"\b{NUMBER}( points?)?\b",
            lambda match: _next(match, values),
            pieces[index],
        )
    return "".join(pieces)


def _next(match, values):
    value = next(values, None)
    if value is None:
        return match[0]
    return _with_unit(value) if match[1] else f"{value:g}"


def _with_unit(value):
    return f"{value:g} point" + ("" if value == 1 else "s")
