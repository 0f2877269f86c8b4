"""Tables for the terminal that cut off nothing: paths and remedies stay whole, however narrow the terminal is."""

from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from tlcourse.grading.model.printable import printable

NARROWEST_NOTES = 40  # characters; a narrower column would break sentences and paths into pieces


def print_with_notes(console, columns, rows):
    """Print a table with a column of notes; where the terminal is too narrow for it, the notes follow the table.

    Parameters
    ----------
    console : rich.console.Console
    columns : sequence of str
        The headings of the columns before the notes.
    rows : list of (sequence of str, list of str)
        The cells of each row, as many as `columns`, and its notes. The first cell names the row.
    """
    table = _table(columns, rows)
    room = console.width - Measurement.get(console, console.options, table).maximum - 1
    if room >= NARROWEST_NOTES:
        console.print(_table([*columns, "notes"], [((*cells, "\n".join(notes)), notes) for cells, notes in rows]))
        return
    console.print(table)
    for cells, notes in rows:
        if notes:
            console.print(plain(f"{cells[0]}: {' '.join(notes)}"), soft_wrap=True)


def _table(columns, rows):
    table = Table(*(Column(name, overflow="fold") for name in columns), box=None, pad_edge=False, header_style="bold")
    for cells, _ in rows:
        table.add_row(*map(plain, cells))
    return table


def plain(text):
    """A text in which nothing is markup or moves the terminal's cursor: a student's name or file name may try."""
    return Text(printable(text))
