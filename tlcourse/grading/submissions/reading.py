"""Reads a submitted file as a notebook, whatever wrote it."""

import codecs
import re

import nbformat

from tlcourse.grading import bounded_json
from tlcourse.grading.model.cell_code import LONGEST_CODE

MOST_VALUES = 10_000_000  # of the whole file; figures of plotly have millions
MOST_CELLS = 5_000  # the grader, nbgrader and the pages need some milliseconds for each
MOST_CODE = 2_000_000  # characters of the cells that are parsed: the grader takes 50 s for a million
LARGEST_NOTEBOOK = 64 << 20  # bytes without which no unit can be
DEEPEST_METADATA = 20  # levels of lists and dictionaries
# The types of the cell metadata that nbformat restricts; "execution" says when a cell ran, and is dropped.
METADATA_TYPES = {"collapsed": bool, "deletable": bool, "editable": bool, "name": str, "format": str, "jupyter": dict}
# Read apart, or not the student's to say: "transient" hides a cell from the pages that instructors and students see.
OWN_METADATA = {"nbgrader", "tags", "id", "origin", "execution", "transient", "scrolled"}


class Unreadable(ValueError):  # noqa: N818
    """A file that is no notebook; the message gives the reason, for the student."""


def read(content):
    """A notebook from the bytes of a file, whatever wrote it, without outputs and without metadata of its own.

    Cells keep their metadata, and the images that were pasted into them.

    Raises
    ------
    Unreadable
    """
    if not content.strip():
        raise Unreadable("the file is empty")
    if len(content) > LARGEST_NOTEBOOK:
        raise Unreadable(f"the file has {len(content) >> 20:,} MB; clear its outputs and submit it again")
    if content.startswith(b"PK\x03\x04"):
        raise Unreadable("the file is a ZIP archive; unpack it, and submit the notebook that it contains")
    try:
        raw = bounded_json.loads(decoded(content), MOST_VALUES)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the file is not a notebook ({str(error)[:80]})") from None
    if not isinstance(raw, dict):
        raise Unreadable("the file is not a notebook (it contains other JSON)")
    cells = raw.get("cells")
    if cells is None and isinstance(raw.get("worksheets"), list):  # nbformat 3
        cells = _cells_of_format_3(raw["worksheets"])
    if not isinstance(cells, list):
        raise Unreadable("the file is not a notebook (it has no list of cells)")
    if len(cells) > MOST_CELLS:
        raise Unreadable(
            f"the notebook has {len(cells):,} cells; delete those that you do not need, down to {MOST_CELLS:,}"
        )
    kept = [cell for cell in map(_cell, cells) if cell is not None]
    lengths = [len(cell["source"]) for cell in kept if cell["cell_type"] == "code"]
    parsed = sum(length for length in lengths if length <= LONGEST_CODE)
    if parsed > MOST_CODE:
        raise Unreadable(
            f"its cells have {parsed:,} characters of code; delete those that you do not need, down to {MOST_CODE:,}"
        )
    return nbformat.from_dict({"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def decoded(content):
    """The text of a file: UTF-8, or UTF-16 where a mark says so, as an editor on Windows writes it."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if marked else "utf-8-sig", errors="replace")


def _cells_of_format_3(worksheets):
    """The cells of all worksheets, with their sources where later formats have them; what is no cell is left out."""
    sheets = [sheet.get("cells") for sheet in worksheets if isinstance(sheet, dict)]
    cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet if isinstance(cell, dict)]
    return [dict(cell, source=cell.get("source", cell.get("input", ""))) for cell in cells]


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
    nbgrader, tags = metadata.get("nbgrader"), metadata.get("tags")
    kept = {"nbgrader": nbgrader} if isinstance(nbgrader, dict) and nbgrader else {}
    if isinstance(tags, list) and (tags := _tags(tags)):
        kept["tags"] = tags
    ids = [raw.get("id"), metadata.get("id")]  # Colab keeps the id in the metadata
    kept["origin"] = [name for name in ids if isinstance(name, str)]
    kind = kind if kind in ("code", "raw") else "markdown"
    cell = new_cell(kind, _clean(source), _other_metadata(metadata) | kept)
    if kind != "code" and (attachments := _attachments(raw.get("attachments"))):
        cell["attachments"] = attachments
    return cell


def _tags(raw):
    """The tags of a cell as a notebook may have them: each once, not empty, and without commas."""
    tags = [_clean(tag) for tag in raw if isinstance(tag, str)]
    return list(dict.fromkeys(tag for tag in tags if tag and "," not in tag))


def _other_metadata(metadata):
    """What other programs keep in a cell, as far as a notebook may have it."""
    kept = {}
    for key, value in metadata.items():
        if key in OWN_METADATA or not isinstance(value, METADATA_TYPES.get(key, object)):
            continue
        if key == "name" and not value.strip():
            continue
        if key == "jupyter":
            value = {name: hidden for name, hidden in value.items() if isinstance(hidden, bool)}
        if _depth(value) <= DEEPEST_METADATA:
            kept[_clean(key)] = _clean(value)
    return kept


def _attachments(raw):
    """The images of a cell: by name, base64 text by MIME type. Whatever else stands there is dropped."""
    kept = {}
    for name, bundle in raw.items() if isinstance(raw, dict) else ():
        images = {}
        for mime, data in bundle.items() if isinstance(bundle, dict) else ():
            text = "".join(part for part in data if isinstance(part, str)) if isinstance(data, list) else data
            if isinstance(text, str) and re.fullmatch(r"image/[\w.+-]+", mime) and re.fullmatch(r"[\w+/=\s-]*", text):
                images[mime] = text
        if images:
            kept[_clean(name)] = images
    return kept


def _depth(value):
    """How many levels of lists and dictionaries a value has; no more are counted than matter."""
    level, depth = [value], 0
    while level and depth <= DEEPEST_METADATA:
        nested = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, (dict, list))]
        level, depth = [item for items in nested for item in items], depth + 1
    return depth


def _clean(value):
    """The same with texts that can be written as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {_clean(key): _clean(item) for key, item in value.items()} if isinstance(value, dict) else value


def new_cell(kind, source, metadata):
    """A cell, not validated: `normalize.normalize` gives it its id, and nbgrader validates the notebook."""
    only_code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return nbformat.from_dict({"cell_type": kind, "id": "new", "source": source, "metadata": metadata} | only_code)
