"""Options and arguments that several commands share."""

from pathlib import Path

import click

json_option = click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Also write the numbers to this file."
)


def _existing_notebook(context, parameter, file):
    """Report a wrong path at once: what reads a notebook takes seconds to import."""
    if not file.is_file():
        raise FileNotFoundError(f"no notebook at {file}: check the path")
    return file


notebook_argument = click.argument("notebook", type=click.Path(path_type=Path), callback=_existing_notebook)
