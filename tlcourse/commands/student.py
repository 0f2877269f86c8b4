"""Commands for students: JupyterLab, the demo, checks and repair of a notebook, and their own photos."""

import os
import sys
from pathlib import Path

import click

from tlcourse.commands.options import json_option, notebook_argument

LOOK_HELP = "Show where the network looked in this photo from FOLDER. You can repeat the option."
INTO_HELP = "Folder for the results."


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(options):
    """Open JupyterLab on the start page. OPTIONS go to JupyterLab."""
    from tlcourse.commands.lab import open_lab

    open_lab(options)


@click.command()
@json_option
def demo(json_file):
    """Run the main results live: the headline, real data and a graded sample class."""
    from tlcourse.commands.demo import run

    run(json_file)


@click.command()
@notebook_argument
def check(notebook):
    """Run NOTEBOOK from top to bottom and report which exercises pass."""
    from tlcourse.commands import check_notebook

    report = check_notebook.check(notebook)
    click.echo(str(report))
    sys.exit(0 if report.passed else 1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--into", type=click.Path(path_type=Path), default=Path("build/photos"), show_default=True, help=INTO_HELP
)
@click.option("--teacher", help="MobileNetV2, or faces_vgg16, which comes with the course.")
@click.option("--look", type=click.Path(path_type=Path), multiple=True, metavar="PHOTO", help=LOOK_HELP)
def photos(folder, into, teacher, look):
    """Train a classifier on your own photos. FOLDER contains one folder of photos per class."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from tlcourse.datasets import photo_folders

    photo_folders.class_folders(folder)  # a wrong path is reported before seconds of imports
    from tlcourse.own_photos.classifier import train

    click.echo(str(train(folder, into, teacher, look)))


@click.command()
@notebook_argument
@click.option("--release", type=click.Path(path_type=Path), help="The released notebook; needed outside the course.")
@click.option("--into", type=click.Path(path_type=Path), help="File for the copy.  [default: NAME.repaired.ipynb]")
def repair(notebook, release, into):
    """Write a copy of NOTEBOOK that can be graded.

    The copy has the metadata that Colab, VS Code or another program removed.
    """
    from tlcourse.commands import repair_notebook

    repaired = repair_notebook.repair(notebook, release, into)
    for note in repaired.notes or ["Nothing to repair."]:
        click.echo(note)
    click.echo(f"Compared with the release in {repaired.release}.")
    click.echo(f"Wrote {repaired.file}. {notebook} is unchanged.")
    if repaired.unanswered:
        missing = ", ".join(repaired.unanswered)
        click.echo(f"Could not find your answer to: {missing}. If you have one, copy it into the restored cell.")
        sys.exit(1)


COMMANDS = (lab, demo, check, photos, repair)
