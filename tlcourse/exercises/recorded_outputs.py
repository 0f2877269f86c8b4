"""What the course's own solution shows in the cells that need an exercise, for students who skip the exercise.

`tlcourse.building.dependent_cells` stores it as data when a unit is built. It is text and figures. Nothing here can be
called with other arguments, so it earns no marks.
"""

import base64
import json

from tlcourse import exercises


def file(unit):
    """Where the outputs of a unit are stored, whether or not the file exists; `unit` is ``02_feature_extraction``."""
    return exercises.folder() / "outputs" / f"{unit}.json"


def cells_that_need(number):
    """The recorded cells that need an exercise.

    Parameters
    ----------
    number : str
        The exercise's, such as ``"2.3"``. Its first part is the number of the unit.

    Returns
    -------
    list of dict
        See `tlcourse.building.dependent_cells.stored_cells`; empty if nothing is recorded for the unit.
    """
    unit = int(number.partition(".")[0])
    files = sorted(file("x").parent.glob(f"{unit:02d}_*.json"))
    cells = [cell for path in files for cell in json.loads(path.read_text(encoding="utf-8"))]
    return [cell for cell in cells if number in cell["needs"]]


def show(cell):
    """Print the text of a recorded cell, and display its figures where IPython can show them."""
    from IPython.display import Image, display

    print(f"\n{cell['heading']} | {cell['code']}")
    for output in cell["outputs"]:
        if "png" in output:
            display(Image(base64.b64decode(output["png"])))
        else:
            print(output["text"])
