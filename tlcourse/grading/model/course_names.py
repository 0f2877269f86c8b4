"""Whether the names in course.toml are those of units and exercises that the course has.

A setting under a misspelled name would apply to nothing. Reads the sources as text, because every command does this.
"""

import difflib
import functools
import json
import re
from typing import NamedTuple

from tlcourse.grading.model.unit_names import plain_folders, units_in

CELL = re.compile(r"^# %%.*?\bnbgrader=", re.MULTILINE)


class GradedNames(NamedTuple):
    """What course.toml can name in a unit."""

    items: list  # exercises and written answers, which can be dropped
    checks: list  # which have points, too


def unknown_name(settings, folder):
    """What is wrong with the names in course.toml, as a sentence with the remedy, or None.

    Parameters
    ----------
    settings : tlcourse.grading.model.course_file.CourseSettings
    folder : pathlib.Path
        The course. Exercises are compared where the source of their unit is there, and nothing is compared where
        nbgrader_config.py does not name the folders of the units as plain text.

    Returns
    -------
    str or None
    """
    folders = plain_folders(folder)
    units = units_in(*folders) if folders else []
    for unit, changes in settings.units.items() if units else ():
        if unit not in units:
            return f'[units."{unit}"]: the course has no unit "{unit}". {_advice(unit, units)}'
        source = folders[0] / f"{unit}.py"
        if (changes.drop or changes.points) and source.is_file():
            names = _graded_names(source, source.stat().st_mtime_ns)
            for key, used, allowed in (
                ("drop", changes.drop, names.items),
                ("points", changes.points, [*names.items, *names.checks]),
            ):
                if wrong := [name for name in used if name not in allowed]:
                    return f'{key} of [units."{unit}"]: the unit has no "{wrong[0]}". {_advice(wrong[0], allowed)}'
    return None


@functools.lru_cache(64)
def _graded_names(source, changed):
    """The `GradedNames` of a unit's source; `changed` is when the file was changed last."""
    text, names = source.read_text(encoding="utf-8"), GradedNames([], [])
    for cell in CELL.finditer(text):
        try:
            nbgrader, _ = json.JSONDecoder().raw_decode(text, cell.end())
        except ValueError:  # the build names such a cell
            continue
        if nbgrader.get("solution") or nbgrader.get("grade"):
            (names.items if nbgrader.get("solution") else names.checks).append(nbgrader.get("grade_id"))
    return names


def _advice(name, names):
    longer = [other for other in names if other.startswith(name)]
    close = longer or difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"It can be {', '.join(names) or 'nothing'}: correct the name, or delete the setting"
