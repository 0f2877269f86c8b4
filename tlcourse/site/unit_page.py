"""A unit as a page to read: stored outputs, stubs with their solutions folded behind them, no hidden test."""

import ast
import re

import nbformat

from tlcourse import notebooks, readme
from tlcourse.grading.release import parsed

REGION = r"^[ \t]*### BEGIN {0}\n.*?^[ \t]*### END {0}[ \t]*\n?"
HIDDEN = re.compile(REGION.format("HIDDEN TESTS"), re.DOTALL | re.MULTILINE)
SCHEME = re.compile(r"\n*=== BEGIN MARK SCHEME ===\n.*?\n=== END MARK SCHEME ===", re.DOTALL)
EDGE = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
OTHER_UNIT = re.compile(r"\]\(\.\./(\w+)/\1\.ipynb\)")
FOLDS = {"setup": "Set-up", "solution": "A solution", "check": "The check"}
LONGEST_ALT = 200


def page(root, name):
    """The notebook that a unit's page is made of.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    name : str
        Of the unit: "03_fine_tuning".

    Returns
    -------
    nbformat.NotebookNode
    """
    solved = notebooks.read(root / "solutions" / name / f"{name}.ipynb")
    released = notebooks.read(root / "notebooks" / name / f"{name}.ipynb")
    stubs = {cell.metadata.nbgrader.grade_id: cell.source for cell in released.cells if "nbgrader" in cell.metadata}
    cells, prose = [], ""
    for cell in solved.cells:
        if "google.colab" in cell.source and cell.cell_type == "code":
            cells.append(nbformat.v4.new_markdown_cell(colab_line(name)))
            continue
        prose = cell.source if cell.cell_type == "markdown" else prose
        cells += _shown(cell, stubs, prose)
    return nbformat.v4.new_notebook(cells=cells, metadata=solved.metadata)


def colab_line(name):
    """Where to run the unit: on Colab, or as the file."""
    path = f"notebooks/{name}/{name}.ipynb"
    colab = readme.SITE.replace("https://github.com", "https://colab.research.google.com/github")
    return (
        f"[Open this unit in Colab]({colab}/blob/main/{path}), or [get the notebook]({readme.SITE}/blob/main/{path}). "
        "On this page the exercises' solutions are folded; the hidden tests are left out."
    )


def _shown(cell, stubs, prose):
    """The cells that stand for one of the unit's."""
    marks = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "markdown":
        return _written(cell, stubs) if marks.get("solution") else [_text_cell(cell.source)]
    if marks.get("solution"):
        stub = nbformat.v4.new_code_cell(stubs[marks.grade_id])
        return [stub, _code(EDGE.sub("", cell.source), cell.outputs, "solution")]
    if marks.get("grade"):
        return [_code(HIDDEN.sub("", cell.source).rstrip(), cell.outputs, "check")]
    fold = "setup" if "setup" in cell.metadata.get("tags", []) else None
    return [_code(cell.source, cell.outputs, fold, alternative(cell.source, prose))]


def _code(source, outputs, fold=None, alt=None):
    metadata = {"mystnb": {"image": {"alt": alt}}} if alt else {}
    if fold:
        summary = FOLDS[fold]
        metadata |= {"tags": ["hide-input"], "mystnb": {"code_prompt_show": summary, "code_prompt_hide": summary}}
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata=metadata)


def _written(cell, stubs):
    """A written answer: the place for it, and the reference's answer folded; the mark scheme is the instructor's."""
    answer = SCHEME.sub("", cell.source).strip()
    text = f"{stubs[cell.metadata.nbgrader.grade_id]}\n\n<details><summary>An answer</summary>\n\n{answer}\n\n</details>"
    return [_text_cell(text)]


def _text_cell(source):
    return nbformat.v4.new_markdown_cell(OTHER_UNIT.sub(r"](\1.ipynb)", source))


def alternative(source, prose):
    """What a picture shows, in words, for those who cannot see it.

    Its title, where the cell gives one in so many words; else the last sentence of the text above the cell.

    Parameters
    ----------
    source, prose : str
        The cell that draws the picture, and the text above it, as Markdown.
    """
    titles = [_text(node) for node in _titles(parsed(source))]
    if any(titles):
        return "; ".join(filter(None, titles))[:LONGEST_ALT]
    plain = re.sub(r"<[^>]*>|[*`$]|^#.*$", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", prose), flags=re.MULTILINE)
    paragraphs = [" ".join(part.split()) for part in plain.split("\n\n") if part.strip()]
    sentences = re.split(r"(?<=[.?!:]) (?=[A-Z])", paragraphs[-1]) if paragraphs else ["A picture drawn by the cell"]
    return f"Picture: {sentences[-1]}"[:LONGEST_ALT]


def _titles(tree):
    """The nodes that a cell passes as a title to matplotlib, in the order of the source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if called in ("set_title", "suptitle") and node.args:
                yield node.args[0]
            yield from (word.value for word in node.keywords if word.arg in ("title", "titles"))


def _text(node):
    """The words of a literal; what an f-string fills in stays open."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, (ast.List, ast.Tuple)):
        return "; ".join(filter(None, map(_text, node.elts)))
    return ""
