"""Options that several commands share."""

from pathlib import Path

import click

json_option = click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Also write the numbers to this file."
)
