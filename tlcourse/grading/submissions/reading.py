"""Reads a submitted file as a notebook, whatever wrote it."""

import json

import nbformat

LARGEST_NOTEBOOK = 64 << 20  # bytes without which no unit can be


class Unreadable(ValueError):  # noqa: N818
    """A file that is no notebook; the message gives the reason, for the student."""


def read(content):
    """A notebook from the bytes of a file, whatever wrote it, without outputs and without unknown metadata.

    Raises
    ------
    Unreadable
    """
    if not content.strip():
        raise Unreadable("the file is empty")
    if len(content) > LARGEST_NOTEBOOK:
        raise Unreadable(f"the file has {len(content) >> 20:,} MB; clear its outputs and submit it again")
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
    kept = [cell for cell in map(_cell, cells) if cell is not None]
    return nbformat.from_dict({"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


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
    if isinstance(tags, list) and tags:
        kept["tags"] = [tag for tag in tags if isinstance(tag, str)]
    ids = [raw.get("id"), metadata.get("id")]  # Colab keeps the id in the metadata
    kept["origin"] = [name for name in ids if isinstance(name, str)]
    kind = kind if kind in ("code", "raw") else "markdown"
    return new_cell(kind, source.encode("utf-8", "replace").decode(), kept)


def new_cell(kind, source, metadata):
    """A cell, not validated: `normalize.normalize` gives it its id, and nbgrader validates the notebook."""
    only_code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return nbformat.from_dict({"cell_type": kind, "id": "new", "source": source, "metadata": metadata} | only_code)
