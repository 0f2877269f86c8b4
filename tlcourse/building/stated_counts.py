"""Compare the points, counts, exercise numbers and minutes in a unit's text with what the unit contains.

nbgrader's metadata determine the marks, and the length of a unit determines its minutes (`unit_minutes`). Text that
disagrees with them misleads students, so `tlcourse build` prints a warning.
"""

import re

from tlcourse import notebooks
from tlcourse.building import unit_minutes, unit_sources

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
HEADING = re.compile(r"^### Exercise (\d+\.\d+)\b", re.MULTILINE)
NUMBER = r"\d+(?:\.\d+)?"
POINTS = re.compile(rf"({NUMBER}) points?\b(?:`[^`\n]*`|[^.)|`]|\.\d)*")


def disagreements(root, unit, notebook=None):
    """The places where a unit's text and answer files disagree with its metadata.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    unit : str
        The unit's name, which begins with its number.
    notebook : nbformat.NotebookNode, optional
        The unit as the course changes it; by default, its source.

    Returns
    -------
    list of str
        One sentence for each disagreement; empty if there is none. Text without points and counts is correct, too.
    """
    source = unit_sources.read(root / "solutions" / f"{unit}.py")
    notebook = source if notebook is None else notebook
    exercises = notebooks.exercises(notebook)
    lines = [*_counts(notebook), *_minutes(notebook), *_numbers(unit, notebook), *_points(notebook, exercises)]
    lines += _titles(notebook, exercises)
    lines += _answer_files(notebooks.exercises(source), root / "solutions" / unit / "answers")
    return [f"{unit}: {line}" for line in lines]


def _metadata(cell):
    return cell.metadata.get("nbgrader", {})


def _is_written_answer(cell):
    return cell.cell_type == "markdown" and bool(_metadata(cell).get("grade"))


def _actual_counts(notebook):
    """The numbers of exercises, written answers and points that the metadata give, by the word for each."""
    graded = [cell for cell in notebook.cells if _metadata(cell).get("grade")]
    return {
        "exercise": len(notebooks.exercises(notebook)),
        "written answer": sum(map(_is_written_answer, notebook.cells)),
        "point": sum(_metadata(cell).get("points", 0) for cell in graded),
    }


def _stated(text, name, number):
    """The place in a text that states a number of things, unless it states this one: a match, or None."""
    stated = re.search(rf"(?<![\d.])({NUMBER}|\w+) {name}s?\b", text)
    value = stated and stated[1].lower()
    is_number = value and (re.fullmatch(NUMBER, value) or value in WORDS)
    return stated if is_number and value not in (f"{number:g}", _word(number)) else None


def _counts(notebook):
    """Check the numbers of exercises, written answers and points in the first cell."""
    text = notebook.cells[0].source.partition("**Time:**")[2]
    for name, number in _actual_counts(notebook).items():
        if stated := _stated(text, name, number):
            yield f"the first cell states {stated[0]}, but the metadata give {number:g}"


def _minutes(notebook):
    """Check the minutes in the first cell, roughly: an edit of a few sentences does not change them."""
    if (stated := unit_minutes.stated(notebook)) and not unit_minutes.is_honest(stated, notebook):
        minutes = unit_minutes.estimate(notebook)
        yield f"the first cell states {stated} minutes, but reading, running and solving the unit takes about {minutes}"


def update_counts(notebook):
    """Replace the numbers of exercises, written answers, points and minutes in the first cell by the actual ones."""
    unit_minutes.update(notebook)
    before, label, text = notebook.cells[0].source.partition("**Time:**")
    for name, number in _actual_counts(notebook).items():
        if stated := _stated(text, name, number):
            in_digits = stated[1][0].isdigit() or _word(number) is None
            value = f"{number:g}" if in_digits else _word(number)
            value = value.capitalize() if stated[1][0].isupper() else value
            text = f"{text[: stated.start()]}{value} {name}{'' if number == 1 else 's'}{text[stated.end() :]}"
    notebook.cells[0].source = before + label + text


def _word(number):
    return WORDS[int(number)] if number == int(number) < len(WORDS) else None


def _numbers(unit, notebook):
    """Check the numbers in the headings: unit.1, unit.2 and so on."""
    stated = [
        number for cell in notebook.cells if cell.cell_type == "markdown" for number in HEADING.findall(cell.source)
    ]
    chapter = int(re.match(r"\d*", unit)[0] or 0)
    wanted = [f"{chapter}.{place}" for place in range(1, len(stated) + 1)]
    if stated != wanted:
        yield f"the exercises are numbered {', '.join(stated)} instead of {', '.join(wanted)}"


def _points(notebook, exercises):
    """Check the points in each statement, as a sum or one by one, and above each written answer."""
    statement, text = "", ""
    for cell in notebook.cells:
        name = _metadata(cell).get("grade_id")
        if name in exercises:
            yield from _statement_points(name, statement, sum(_metadata(test).points for test in exercises[name][1]))
        elif _is_written_answer(cell):
            stated = re.search(rf"\(({NUMBER}) points?\b", text)
            if stated and float(stated[1]) != _metadata(cell).points:
                points = _metadata(cell).points
                yield f"the text above {name} states {stated[1]} points, but the metadata give {points:g}"
        elif cell.cell_type == "markdown":
            text = cell.source
            start = [match.end() for match in HEADING.finditer(text)]
            statement = text[start[-1] :] if start else statement


def _statement_points(name, statement, total):
    stated = POINTS.search(statement)
    prose = re.sub(r"`[^`]*`", "", stated[0]) if stated else ""
    numbers = [float(number) for number in re.findall(rf"\b{NUMBER}\b", prose)]
    if numbers and total not in (numbers[0], sum(numbers)):
        yield f"the statement of {name} says '{' '.join(stated[0].split())}', but its checks have {total:g} points"


def _titles(notebook, exercises):
    """Check the titles in `progress`: one for each check, none without an exercise, and the numbers of the headings."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    titles = dict(re.findall(r'"(\w+)": "Exercise (\d+\.\d+)', code))
    used = set(re.findall(r'progress\.exercise\("(\w+)"\)', code))
    headings = {number for cell in notebook.cells for number in HEADING.findall(cell.source)}
    for name in sorted(used - titles.keys()):
        yield f"`progress` has no title for '{name}'"
    for name, number in titles.items():
        if notebooks.tested_exercise(f"test_{name}", exercises) is None:
            yield f"`progress` has a title for '{name}', but no exercise has this name"
        if number not in headings:
            yield f"`progress` calls '{name}' Exercise {number}, but no heading has this number"


def _answer_files(exercises, answers):
    for file in sorted(answers.glob("*.py")):
        if file.stem not in exercises:
            yield f"{answers.name}/{file.name} belongs to no exercise"
