"""Finds out which cell of the release each cell of a submission is, also where it has lost its metadata."""

from tlcourse.grading.model.cell_code import defined_functions

FIRST_WORDS = 8  # that are compared before all of a text


def match_cells(cells, assignment, notes):
    """Give each cell the metadata of the released cell that it is, or none; what was lost is added to `notes`."""
    released = assignment.cells_by_id()
    texts = {
        collapse_whitespace(cell[text]): name
        for name, cell in reversed(released.items())
        for text in ("full", "source")
    }
    matches, lost = [], []
    for place, cell in enumerate(cells):
        nbgrader, recognized = cell.metadata.pop("nbgrader", {}), False
        name = nbgrader.get("grade_id") if isinstance(nbgrader.get("grade_id"), str) else None
        if name not in released:
            ids = [origin for origin in cell.metadata["origin"] if origin in released]
            name = ids[0] if ids else _by_content(place, assignment, cells, texts)
            recognized = bool(name) and not (nbgrader.get("grade_id") is None and ids)
        matches.append((cell, name, nbgrader, recognized))
    of_right_type = {name for cell, name, *_ in matches if name and _has_type(cell, released.get(name))}
    for cell, name, nbgrader, recognized in matches:
        kept_apart = name in of_right_type and not _has_type(cell, released[name])  # a first try, as raw text
        if name in released and not kept_apart:
            lost += [name] if recognized else []
            cell.metadata["nbgrader"] = dict(released[name]["nbgrader"])
            _set_type(cell, released[name]["cell_type"])
            if nbgrader and nbgrader.get("schema_version", 3) != released[name]["nbgrader"].get("schema_version", 3):
                notes.append(
                    f"Cell {name} had metadata of another nbgrader version; the metadata of the release was used."
                )
    for name in dict.fromkeys(lost):
        notes.append(f"Cell {name} had lost its metadata; it was recognized by its contents.")


def _has_type(cell, released):
    return released is not None and cell.cell_type == released["cell_type"]


def _set_type(cell, kind):
    if cell.cell_type == kind:
        return
    cell.cell_type = kind
    if kind == "code":
        cell.pop("attachments", None)
    for key, value in (("outputs", []), ("execution_count", None)):
        if kind == "code":
            cell[key] = value
        else:
            cell.pop(key, None)


def _by_content(place, assignment, cells, texts):
    """The grade_id of the released cell that this one must be, by its text; None where that is not certain."""
    cell = cells[place]
    text = collapse_whitespace(cell.source)
    if text and text in texts:
        return texts[text]
    if cell.cell_type == "markdown":
        return _written_answer(place, assignment, cells)
    defined = set(defined_functions(cell.source))
    for name, released in assignment.cells_by_id().items() if defined else ():
        wanted = set(defined_functions(released["source"])) if released["nbgrader"].get("solution") else set()
        if wanted and wanted <= defined:
            return name
    return None


def _written_answer(place, assignment, cells):
    """The written answer whose place this cell has: right behind the same text as in the release."""
    cell = cells[place]
    if place == 0:
        return None
    before = collapse_whitespace(cells[place - 1].source)
    for earlier, later in zip(assignment.cells, assignment.cells[1:], strict=False):
        if later["grade_id"] and later["cell_type"] == "markdown" and before == collapse_whitespace(earlier["source"]):
            unchanged = any(
                collapse_whitespace(other["source"]) == collapse_whitespace(cell.source) for other in assignment.cells
            )
            return None if unchanged else later["grade_id"]
    return None


def collapse_whitespace(source):
    """A cell's text by which it is recognized: white space does not count."""
    return " ".join(source.split())


def same_text(source, other):
    """Whether two cells have the same text but for white space; a long text that begins otherwise costs nothing."""
    beginnings = [text.split(None, FIRST_WORDS)[:FIRST_WORDS] for text in (source, other)]
    return beginnings[0] == beginnings[1] and collapse_whitespace(source) == collapse_whitespace(other)


def is_locked(nbgrader):
    """Whether a cell with this metadata is the instructor's: a check, or text that is locked."""
    return bool(nbgrader.get("locked") or (nbgrader.get("grade") and not nbgrader.get("solution")))


def grade_id_of(cell):
    """The grade_id of a recognized cell, or None."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")
