"""Tables that people keep in a spreadsheet: CSV files, with what spreadsheets make of them."""

import csv
import io
from pathlib import Path


def open_table(file):
    """The rows of a CSV file as dictionaries by column; commas or semicolons are between its columns.

    Parameters
    ----------
    file : path
        UTF-8, with or without a byte order mark.

    Returns
    -------
    csv.DictReader
        Column names have no spaces around them. Cells beyond the last column are in the column "".

    Raises
    ------
    FileNotFoundError
    ValueError
        If the file is not UTF-8.
    """
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8: save it as 'CSV UTF-8'") from None
    header = next((line for line in text.splitlines() if line.strip()), "")
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header else ",", restkey="", restval="")
    rows.fieldnames = [name.strip() for name in rows.fieldnames or []]
    return rows
