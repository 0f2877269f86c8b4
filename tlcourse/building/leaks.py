"""Search what students get for solutions, hidden tests, mark schemes, answers and seeds.

The search reads the solved notebooks by itself and does not rely on the conversion that made the students' copies.
"""

import json
import re
import zipfile
from pathlib import Path

from tlcourse import notebooks

FORBIDDEN_PARTS = {"solutions", "tests", "answers", "submitted", "autograded", "feedback", "grading_records", "archive"}
FORBIDDEN_NAMES = {"grading_plan.json", "course.toml", "roster.csv", "seed.txt", "nbgrader_config.py"}
MARKERS = ("### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS", "=== BEGIN MARK SCHEME")
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
SHORTEST = 20  # characters of a line that cannot be in a student's copy by chance


class Secrets:
    """What no student may read of a course.

    Parameters
    ----------
    solved : list of nbformat.NotebookNode
        The solved notebooks of all units.
    seeds : set of str
        Of the hidden tests.
    """

    def __init__(self, solved, seeds=()):
        cells = [cell for notebook in solved for cell in notebook.cells]
        visible = {line for cell in cells for line in _lines(_visible(cell))}
        self.blocks = {" ".join(block.split()) for cell in cells for block in _secret_blocks(cell)}
        self.lines = {line for block in map(_secret_blocks, cells) for text in block for line in _lines(text)} - visible
        self.seeds = {seed for seed in seeds if len(seed) > 6}  # a short number can be anywhere

    def in_notebook(self, text):
        """The secrets in the source of a student's notebook: sentences."""
        notebook = json.loads(text)
        sources = ["".join(cell["source"]) for cell in notebook["cells"]]
        leaked = sorted({line for source in sources for line in _lines(source)} & self.lines)
        problems = [f"contains {line!r}, which is secret" for line in leaked]
        problems += [f"contains '{marker}'" for marker in MARKERS if any(marker in source for source in sources)]
        if any(cell.get("outputs") for cell in notebook["cells"]):
            problems.append("contains outputs of cells")
        return problems

    def in_text(self, text):
        """The secrets in any other file: whole solutions and hidden tests of several lines, and seeds."""
        flat = " ".join(text.split())
        problems = [f"contains {block[:60]!r}, which is secret" for block in self.blocks if block in flat]
        return problems + [f"contains the seed {seed}" for seed in self.seeds if seed in text]


def _lines(text):
    return {line.strip() for line in text.splitlines() if len(line.strip()) >= SHORTEST}


def _visible(cell):
    """The part of a solved cell that students may read."""
    nbgrader = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "markdown":
        return "" if nbgrader.get("solution") else cell.source
    return SOLUTION.sub("", notebooks.HIDDEN_TESTS.sub("", cell.source))


def _secret_blocks(cell):
    """The texts in a solved cell that are secret."""
    nbgrader = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "markdown":
        return [cell.source] if nbgrader.get("solution") else []
    return [match[1] for match in SOLUTION.finditer(cell.source) if len(match[1]) > 3 * SHORTEST] + [
        match[0] for match in notebooks.HIDDEN_TESTS.finditer(cell.source)
    ]


def search(folder, secrets):
    """Search a folder, and the wheels in it.

    Parameters
    ----------
    folder : path
    secrets : Secrets

    Returns
    -------
    list of str
        One sentence for each leak; it begins with the name of the file.
    """
    folder = Path(folder)
    problems = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        problems += _in_file(name, file.read_bytes(), secrets)
        if file.suffix == ".whl":
            problems += search_wheel(file, secrets)
    return problems


def search_wheel(file, secrets):
    """Search a wheel, which must contain no notebooks at all; as `search`."""
    file, problems = Path(file), []
    with zipfile.ZipFile(file) as wheel:
        for name in wheel.namelist():
            if name.endswith(".ipynb"):
                problems.append(f"{file.name}, {name}: a notebook")
            problems += [f"{file.name}, {line}" for line in _in_file(name, wheel.read(name), secrets)]
    return problems


def _in_file(name, content, secrets):
    path = Path(name)
    if path.name in FORBIDDEN_NAMES or FORBIDDEN_PARTS & set(path.parts) or path.suffix == ".db":
        return [f"{name}: students must not get this file"]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return []
    leaked = secrets.in_notebook(text) if path.suffix == ".ipynb" else []
    return [f"{name}: {problem}" for problem in [*leaked, *secrets.in_text(text)]]
