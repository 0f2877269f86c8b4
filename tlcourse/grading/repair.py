"""Brings a damaged submission back to the shape of its release, where that is safe, and says what was done.

Solutions are the student's and stay as they are. Tests are the instructor's: whatever a submission holds in their place
is taken out, and the originals are put in behind the solution that they test.
"""

import copy
import json
import re

import nbformat

from tlcourse.grading import release as releases

LARGEST_NOTEBOOK = 64 << 20  # bytes without which no unit can be
TYPES = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell, "raw": nbformat.v4.new_raw_cell}


class Unreadable(ValueError):  # noqa: N818
    """A file that is no notebook; the message says why, for the student."""


def read(content):
    """A notebook from the bytes of a file, whatever wrote it, without outputs and without unknown metadata.

    Raises
    ------
    Unreadable
    """
    if not content.strip():
        raise Unreadable("the file is empty")
    if len(content) > LARGEST_NOTEBOOK:
        raise Unreadable(f"the file has {len(content) >> 20:,} MB; clear its outputs and hand it in again")
    try:
        raw = json.loads(content.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the file is no notebook ({str(error)[:80]})") from None
    if not isinstance(raw, dict):
        raise Unreadable("the file is no notebook (JSON of another kind)")
    cells = raw.get("cells")
    if cells is None and isinstance(raw.get("worksheets"), list):  # nbformat 3
        sheets = [sheet.get("cells", []) for sheet in raw["worksheets"] if isinstance(sheet, dict)]
        cells = [dict(cell, source=cell.get("source", cell.get("input", ""))) for sheet in sheets for cell in sheet]
    if not isinstance(cells, list):
        raise Unreadable("the file is no notebook (it has no list of cells)")
    return nbformat.v4.new_notebook(cells=[cell for cell in map(_cell, cells) if cell is not None])


def _cell(raw):
    """A clean cell of what a file has, or None where it is none."""
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    kind = raw.get("cell_type")
    if not isinstance(source, str):
        return None
    metadata = raw.get("metadata") if isinstance(raw.get("metadata"), dict) else {}
    marks, tags = metadata.get("nbgrader"), metadata.get("tags")
    kept = {"nbgrader": marks} if isinstance(marks, dict) and marks else {}
    if isinstance(tags, list) and tags:
        kept["tags"] = [tag for tag in tags if isinstance(tag, str)]
    cell = TYPES.get(kind, TYPES["markdown"])(source.encode("utf-8", "replace").decode(), metadata=kept)
    known = [raw.get("id"), metadata.get("id")]  # Colab keeps the id in the metadata
    cell.metadata["origin"] = [name for name in known if isinstance(name, str)]
    return cell


def repair(notebook, release):
    """A notebook that can be graded against its release, and sentences about what was repaired.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Of `read`; it is changed.
    release : tlcourse.grading.release.Release

    Returns
    -------
    (nbformat.NotebookNode, list of str)
        The sentences are empty where nothing that matters was amiss.
    """
    notes = []
    known = release.by_id()
    _recognise(notebook.cells, release, notes)
    _take_out_copies(notebook, known, notes)
    _one_of_each(notebook.cells, release, notes)
    _put_back_given(notebook, release, notes)
    _put_back_answers(notebook, release, notes)
    _put_in_tests(notebook, release, notes)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("origin", None)
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.id = name or f"cell-{number}"
    notebook.metadata = {"kernelspec": dict(releases.KERNEL), "language_info": {"name": "python"}}
    return notebook, notes


def _recognise(cells, release, notes):
    """Give each cell the metadata of the released cell that it is, or none."""
    known = release.by_id()
    lost = []
    for cell in cells:
        marks = cell.metadata.pop("nbgrader", {})
        name = marks.get("grade_id") if isinstance(marks.get("grade_id"), str) else None
        if name not in known:
            ids = [origin for origin in cell.metadata["origin"] if origin in known]
            name = ids[0] if ids else _by_content(cell, release, cells)
            if name and not (marks.get("grade_id") is None and ids):
                lost.append(name)
        if name in known:
            cell.metadata["nbgrader"] = dict(known[name]["nbgrader"])
            _set_type(cell, known[name]["cell_type"])
            if marks and marks.get("schema_version", 3) != known[name]["nbgrader"].get("schema_version", 3):
                notes.append(f"Cell {name} had nbgrader metadata of another version; the release's were taken.")
    for name in dict.fromkeys(lost):
        notes.append(f"Cell {name} had lost its metadata and was recognised by what it holds.")


def _set_type(cell, kind):
    if cell.cell_type == kind:
        return
    cell.cell_type = kind
    for key, value in (("outputs", []), ("execution_count", None)):
        if kind == "code":
            cell[key] = value
        else:
            cell.pop(key, None)


def _by_content(cell, release, cells):
    """The grade_id of the released cell that this one must be, judged by its text; None where that is not sure."""
    text = plain(cell.source)
    for known in release.by_id().values():
        if text and text in (plain(known["source"]), plain(known["full"])):
            return known["grade_id"]
        names = _defined(known["source"]) if known["nbgrader"].get("solution") else set()
        if names and cell.cell_type != "markdown" and names <= _defined(cell.source):
            return known["grade_id"]
    if cell.cell_type == "markdown":
        return _written_answer(cell, release, cells)
    return None


def _written_answer(cell, release, cells):
    """The written answer whose place this cell has: right behind the same text as in the release."""
    place = next(number for number, other in enumerate(cells) if other is cell)
    if place == 0 or any(plain(known["source"]) == plain(cell.source) for known in release.cells):
        return None
    before = plain(cells[place - 1].source)
    for earlier, known in zip(release.cells, release.cells[1:], strict=False):
        if known["grade_id"] and known["cell_type"] == "markdown" and before == plain(earlier["source"]):
            return known["grade_id"]
    return None


def plain(source):
    """A cell's text by which it is recognised: white space does not count."""
    return re.sub(r"\s+", " ", source).strip()


def _defined(source):
    """The functions that a cell defines at its top level."""
    return set(re.findall(r"^(?:async )?def (\w+)\(", source, flags=re.MULTILINE))


def _is_test(marks):
    """Whether a cell with this metadata is the instructor's: a check, or text that is locked."""
    return bool(marks.get("locked") or (marks.get("grade") and not marks.get("solution")))


def _take_out_copies(notebook, known, notes):
    """Leave one cell of each check, which marks its place, and say which had been changed."""
    seen, kept = set(), []
    for cell in notebook.cells:
        name = _name(cell)
        if not name or not _is_test(known[name]["nbgrader"]):
            kept.append(cell)
        elif name in seen:
            notes.append(f"A copy of the check {name} was taken out.")
        else:
            seen.add(name)
            kept.append(cell)
            if plain(cell.source) not in (plain(known[name]["source"]), plain(known[name]["full"])):
                notes.append(f"The check {name} had been changed; the original was used.")
    notebook.cells = kept


def _one_of_each(cells, release, notes):
    """Leave nbgrader's metadata on one cell of a grade_id: the last answer in front of its check, else the last one."""
    known = release.by_id()
    for name in known:
        copies = [number for number, cell in enumerate(cells) if _name(cell) == name]
        if len(copies) < 2:
            continue
        stub = plain(known[name]["source"])
        checks = (
            n for n, cell in enumerate(cells) if _name(cell) and release.exercise(_name(cell)) == name != _name(cell)
        )
        first_check = next((n for n in checks if _is_test(known[_name(cells[n])]["nbgrader"])), len(cells))
        answers = [number for number in copies if plain(cells[number].source) != stub] or copies
        chosen = max([number for number in answers if number < first_check] or answers)
        for number in copies:
            if number != chosen:
                del cells[number].metadata["nbgrader"]
                if cells[number].cell_type == "code" and plain(cells[number].source) == stub:
                    cells[number].source = f"# An untouched copy of {name}, not run."
        notes.append(f"There were several cells {name}; the last answer in front of its check counts.")


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _put_back_given(notebook, release, notes):
    """Bring back a deleted set-up cell: without its imports nothing could earn anything."""
    for place, known in enumerate(release.cells):
        if known["cell_type"] != "code" or "setup" not in known["tags"]:
            continue
        names = _assigned(known["source"])
        if any(plain(known["source"]) == plain(cell.source) for cell in notebook.cells):
            continue
        if any("setup" in cell.metadata.get("tags", []) and _assigned(cell.source) & names for cell in notebook.cells):
            continue
        if names and all(any(name in _assigned(cell.source) for cell in notebook.cells) for name in names):
            continue
        where = _place_after(notebook.cells, release, place)
        notebook.cells.insert(where, _new(known))
        notes.append("A set-up cell had been deleted and was put back.")


def _assigned(source):
    """The names that a cell imports or assigns at its top level."""
    import ast

    found = set()
    for node in releases.parsed(source).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def _place_after(cells, release, place):
    """Where a released cell belongs: behind the nearest cell before it in the release that the notebook still has."""
    for earlier in reversed(release.cells[:place]):
        for number, cell in enumerate(cells):
            if (earlier["grade_id"] and _name(cell) == earlier["grade_id"]) or (
                not earlier["grade_id"] and plain(earlier["source"]) == plain(cell.source)
            ):
                return number + 1
    return 0


def _put_back_answers(notebook, release, notes):
    """Bring back a deleted stub or written answer, unanswered, so that the gradebook has a row for it."""
    there = {_name(cell) for cell in notebook.cells}
    for place, known in enumerate(release.cells):
        if known["grade_id"] and not _is_test(known["nbgrader"]) and known["grade_id"] not in there:
            notebook.cells.insert(_place_after(notebook.cells, release, place), _new(known))
            notes.append(f"Cell {known['grade_id']} had been deleted and was put back unanswered.")


def _put_in_tests(notebook, release, notes):
    """Put every original check in: where the submission has it, if that is behind the solution; else right there."""
    cells = notebook.cells
    for place, known in enumerate(release.cells):
        name = known["grade_id"]
        if not name or not _is_test(known["nbgrader"]):
            continue
        solution = release.exercise(name)
        earliest = max((number + 1 for number, cell in enumerate(cells) if _name(cell) == solution), default=0)
        where = next((number for number, cell in enumerate(cells) if _name(cell) == name), None)
        if where is not None and where >= earliest:
            cells[where] = _new(known, known["full"])
            continue
        if where is not None:
            del cells[where]
            earliest -= 1
        notes.append(
            f"The check {name} {'had been deleted' if where is None else 'stood before its exercise'} and was put back."
        )
        cells.insert(max(earliest, _place_after(cells, release, place)), _new(known, known["full"]))


def _new(known, source=None):
    metadata = {"origin": []}
    if known["tags"]:
        metadata["tags"] = list(known["tags"])
    if known["nbgrader"]:
        metadata["nbgrader"] = copy.deepcopy(known["nbgrader"])
    return TYPES[known["cell_type"]](known["source"] if source is None else source, metadata=metadata)
