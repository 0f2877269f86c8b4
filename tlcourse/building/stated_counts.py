"""Compare the points, counts and exercise numbers in a unit's text with nbgrader's metadata.

The metadata determine the marks. Text that disagrees with them misleads students, so `tlcourse build` prints a warning.
"""

import re

from tlcourse import notebooks
from tlcourse.building import unit_sources

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
HEADING = re.compile(r"^### Exercise (\d+\.\d+)\b", re.MULTILINE)
POINTS = re.compile(r"(\d+) points?\b[^.)]*")


def disagreements(root, unit):
    """The places where a unit's text and answer files disagree with its metadata.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    unit : str
        The unit's name, which begins with its number.

    Returns
    -------
    list of str
        One sentence for each disagreement; empty if there is none. Text without points and counts is correct, too.
    """
    notebook = unit_sources.read(root / "solutions" / f"{unit}.py")
    exercises = notebooks.exercises(notebook)
    lines = [*_counts(notebook, exercises), *_numbers(unit, notebook), *_points(notebook, exercises)]
    lines += [*_titles(notebook, exercises), *_answer_files(exercises, root / "solutions" / unit / "answers")]
    return [f"{unit}: {line}" for line in lines]


def _metadata(cell):
    return cell.metadata.get("nbgrader", {})


def _is_written_answer(cell):
    return cell.cell_type == "markdown" and bool(_metadata(cell).get("grade"))


def _counts(notebook, exercises):
    """Check the numbers of exercises, written answers and points in the first cell."""
    actual = {
        "exercise": len(exercises),
        "written answer": sum(_is_written_answer(cell) for cell in notebook.cells),
        "point": sum(_metadata(cell).get("points", 0) for cell in notebook.cells if _metadata(cell).get("grade")),
    }
    text = notebook.cells[0].source.partition("**Time:**")[2]
    for name, number in actual.items():
        stated = re.search(rf"\b(\w+) {name}s?\b", text)
        value = stated and stated[1].lower()
        if value and (value.isdecimal() or value in WORDS) and value not in (f"{number:g}", _word(number)):
            yield f"the first cell states {stated[0]}, but the metadata give {number:g}"


def _word(number):
    return WORDS[int(number)] if number < len(WORDS) else None


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
            stated = re.search(r"\((\d+) points?\b", text)
            if stated and float(stated[1]) != _metadata(cell).points:
                points = _metadata(cell).points
                yield f"the text above {name} states {stated[1]} points, but the metadata give {points:g}"
        elif cell.cell_type == "markdown":
            text = cell.source
            start = [match.end() for match in HEADING.finditer(text)]
            statement = text[start[-1] :] if start else statement


def _statement_points(name, statement, total):
    stated = POINTS.search(statement)
    numbers = [int(number) for number in re.findall(r"\b\d+\b", re.sub(r"`[^`]*`", "", stated[0]))] if stated else []
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
