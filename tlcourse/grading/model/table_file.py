"""Tables that people keep in a spreadsheet: CSV files, with what spreadsheets make of them."""

import csv
import io
from pathlib import Path


def read_table(file):
    """The columns and rows of a CSV file; commas or semicolons are between its columns.

    Parameters
    ----------
    file : path
        UTF-8, with or without a byte order mark.

    Returns
    -------
    (list of str, list of (int, dict))
        The names of the columns, without spaces around them; and of each row the number of its last line and its cells
        by column. Cells beyond the last column are in the column "".

    Raises
    ------
    OSError
    ValueError
        If the file is not UTF-8 or not a table.
    """
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8: save it as 'CSV UTF-8'") from None
    header = next((line for line in text.splitlines() if line.strip()), "")
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header else ",", restkey="", restval="")
    try:
        rows.fieldnames = [name.strip() for name in rows.fieldnames or []]
        return rows.fieldnames, [(rows.line_num, row) for row in rows]
    except csv.Error as error:
        raise ValueError(
            f"line {rows.reader.line_num} of {file} cannot be read ({error}): correct its quotes"
        ) from None
