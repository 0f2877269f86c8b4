"""The map of the units with what a reader has opened, predicted and finished, which stays in the reader's browser.

`course.js` shows the map and fills in the states; without JavaScript, the table of the units is enough.
"""

import html

from tlcourse.building import tables
from tlcourse.building.unit_sources import unit_names


def write(root):
    """The map as HTML without empty lines.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    """
    units = [tables.read_unit(name, root) for name in unit_names(root)]
    lines = [
        '<div class="progress-map" role="group" aria-label="Your progress" hidden>',
        '<p><span role="status"></span> <small>This browser keeps your progress; nobody else sees it.</small></p>',
        "<ol>",
        *(
            f'<li data-unit="{unit.name}"><a href="{unit.name}.html">{html.escape(unit.title)}</a> '
            f"<small>{unit.minutes} minutes</small> <span></span></li>"
            for unit in units
        ),
        "</ol>",
        '<button type="button">Forget my progress and predictions</button>',
        "</div>",
    ]
    return "\n".join(lines)
