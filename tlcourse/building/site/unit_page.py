"""The page of a unit on the site: with stored outputs and folded solutions, but without hidden tests.

The site of a private course has no solutions at all.
"""

import collections
import html
import re

import nbformat
from mdit_py_plugins.anchors.index import slugify

from tlcourse import notebooks
from tlcourse.building import addresses
from tlcourse.building.site import glossary
from tlcourse.building.site.alt_texts import alt_text, strip_markdown
from tlcourse.building.site.figure_kinds import shows_only_charts
from tlcourse.building.site.light_figures import light

OTHER_UNIT = re.compile(r"\]\(\.\./(\w+)/\1\.ipynb\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CLAIM_OR_PROTECTED = re.compile(rf"{glossary.PROTECTED}|\b(?P<claim>[CX]\d\d)\b", re.MULTILINE | re.DOTALL)
PREDICTION = re.compile(r"\*\*Before you (?:[^*.]|\*\w+\*)*[:,]\*\*\s(?P<question>.*?)(?=\n\n|\Z)", re.DOTALL)
FOLD_TITLES = {"setup": "Set-up", "solution": "A solution", "check": "The check"}
PLACEHOLDER = "Write it down before you look. It stays in this browser."
ADDRESS = re.compile(r"<[^<>]* at 0x[0-9a-f]+>")  # the repr of an object in the last line of a cell


def page(root, name, course=None, claim_names=()):
    """The notebook from which Sphinx makes a unit's page.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    name : str
        The name of the unit: "03_fine_tuning".
    course : tlcourse.grading.model.course_file.CourseSettings, optional
        Of a private course.
    claim_names : collection of str, optional
        The claims that have a card on the site.

    Returns
    -------
    nbformat.NotebookNode
    """
    solved = notebooks.read(root / "solutions" / name / f"{name}.ipynb")
    released = notebooks.read(root / "notebooks" / name / f"{name}.ipynb")
    stubs = {cell.metadata.nbgrader.grade_id: cell.source for cell in released.cells if "nbgrader" in cell.metadata}
    cells, heading, prose, fields = [], "", "", collections.Counter()
    for cell in solved.cells:
        if "google.colab" in cell.source and cell.cell_type == "code":
            if line := colab_line(name, course):
                cells.append(nbformat.v4.new_markdown_cell(line))
            continue
        if cell.cell_type == "markdown":
            prose = cell.source
            heading = (HEADING.findall(prose) or [heading])[-1]
        if course and cell.metadata.get("nbgrader", {}).get("solution"):
            cells.append(_stub(cell, stubs, name))
        else:
            cells += _page_cells(cell, stubs, heading, prose)
        if cell.cell_type == "markdown":
            cells[-1].source = with_predictions(cells[-1].source, slugify(heading), fields)
    cells.append(nbformat.v4.new_markdown_cell(end_of_unit(name, course)))
    links = glossary.TermLinks(glossary.read(), name)
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = links.linked(linked_claims(cell.source, claim_names))
    return nbformat.v4.new_notebook(cells=cells, metadata=solved.metadata)


def linked_claims(text, claim_names):
    """Markdown in which each id of a claim is a link to its card: "(C07)"; code, formulas and headings stay."""

    def link(match):
        name = match["claim"]
        return f'<a href="../claims.html#{name}">{name}</a>' if name in claim_names else match[0]

    return CLAIM_OR_PROTECTED.sub(link, text)


def with_predictions(text, section, fields):
    """Markdown with a field below each paragraph that asks for a prediction; `course.js` shows and fills it.

    Parameters
    ----------
    text : str
    section : str
        With the number of the field in it, it is the key under which `course.js` keeps the prediction.
    fields : collections.Counter
        How many fields each section has so far; the new ones are added.
    """

    def field(match):
        fields[section] += 1
        key = section if fields[section] == 1 else f"{section}-{fields[section]}"
        question = " ".join(strip_markdown(match["question"]).replace("\\", "").split())
        label = html.escape(f"Your prediction: {question.partition('?')[0]}{'?' * ('?' in question)}")
        area = f'<textarea rows="1" data-place="{key}" aria-label="{label}" placeholder="{PLACEHOLDER}"></textarea>'
        return f'{match[0]}\n\n<div class="prediction" hidden><label>Your prediction {area}</label></div>'

    return PREDICTION.sub(field, text)


def end_of_unit(name, course=None):
    """A box to tick at the end of a unit, which `course.js` shows, and a link to the source that a reader can edit."""
    box = '<label><input type="checkbox"> I have finished this unit</label> <a href="index.html">All units</a>'
    line = f'<div class="unit-end" data-unit="{name}" hidden>{box}</div>'
    return line if course else f"{line}\n\nFound a mistake? [Edit the source of this unit]({addresses.edit(name)})."


def colab_line(name, course=None):
    """A line with links to run the unit on Colab and to get the notebook; a private course has only the first."""
    if course:
        return f"[Open this unit in Colab]({addresses.colab(name, course.colab)})" if course.colab else None
    file = f"{addresses.REPOSITORY}/blob/main/{addresses.notebook(name)}"
    return (
        f"[Open this unit in Colab]({addresses.colab(name)}), or [get the notebook]({file}). "
        "On this page, the solutions of the exercises are folded, and the hidden tests are omitted."
    )


def _stub(cell, stubs, unit):
    """What students get in the place of a solution."""
    answer = cell.metadata.nbgrader.grade_id
    if answer not in stubs:
        raise ValueError(f"the students' notebook of {unit} has no {answer}: run `tlcourse release {unit}` first")
    stub = stubs[answer]
    return _text_cell(stub) if cell.cell_type == "markdown" else nbformat.v4.new_code_cell(stub)


def _page_cells(cell, stubs, heading, prose):
    """The cells of the page that replace one cell of the unit."""
    nbgrader = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "markdown":
        return _written(cell, stubs) if nbgrader.get("solution") else [_text_cell(cell.source)]
    if nbgrader.get("solution"):
        stub = nbformat.v4.new_code_cell(stubs[nbgrader.grade_id])
        return [stub, _code(notebooks.SOLUTION_MARKER.sub("", cell.source), cell.outputs, "solution")]
    if nbgrader.get("grade"):
        return [_code(notebooks.HIDDEN_TESTS.sub("", cell.source).rstrip(), cell.outputs, "check")]
    fold = "setup" if "setup" in cell.metadata.get("tags", []) else None
    return [_code(cell.source, cell.outputs, fold, alt_text(cell.source, heading, prose))]


def _code(source, outputs, fold=None, alt=None):
    metadata = {"mystnb": {"image": {"alt": alt}}} if alt else {}
    if fold:
        summary = FOLD_TITLES[fold]
        metadata |= {"tags": ["hide-input"], "mystnb": {"code_prompt_show": summary, "code_prompt_hide": summary}}
    elif shows_only_charts(outputs):
        metadata["tags"] = ["chart"]  # course.css shows it in the colors of a dark page
    shown = [output for output in outputs if not ADDRESS.fullmatch(output.get("data", {}).get("text/plain", ""))]
    return nbformat.v4.new_code_cell(source, outputs=[light(output) for output in shown], metadata=metadata)


def _written(cell, stubs):
    """The place for a written answer, with the reference answer folded and without the mark scheme."""
    answer = notebooks.MARK_SCHEME.sub("", cell.source).strip()
    text = (
        f"{stubs[cell.metadata.nbgrader.grade_id]}\n\n<details><summary>An answer</summary>\n\n{answer}\n\n</details>"
    )
    return [_text_cell(text)]


def _text_cell(source):
    return nbformat.v4.new_markdown_cell(OTHER_UNIT.sub(r"](\1.ipynb)", source))
