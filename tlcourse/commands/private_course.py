"""Commands for instructors who teach a course of their own: create it, update it, release units, hand them out."""

from pathlib import Path

import click

from tlcourse.commands.unit_argument import find_unit


def _names(texts):
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def _points(texts):
    """The points in NAME=POINTS, by name."""
    points = {}
    for text in _names(texts):
        name, _, value = text.partition("=")
        try:
            points[name.strip()] = int(value) if value.strip().isdecimal() else float(value)
        except ValueError:
            raise click.BadParameter(f"{text!r}: write EXERCISE=POINTS, such as conv_parameters=4") from None
    return points


def _clone(path):
    """The folder of the course that units come from: the one named, or the one that contains this package."""
    from tlcourse.building.course_folder import PACKAGE, course_folder

    try:
        return course_folder(path or PACKAGE.parent)
    except FileNotFoundError:
        raise click.ClickException(
            f"no units at {path or PACKAGE.parent}: an installed tlcourse has no solutions. "
            "Clone the repository, and name it with --source FOLDER"
        ) from None


source_option = click.option(
    "--source", type=click.Path(path_type=Path), help="Clone with the units.  [default: the one that tlcourse is in]"
)


@click.command("new-course")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--units", multiple=True, required=True, help="Units, separated by commas: 01,02.")
@click.option("--id", "course_id", required=True, help="Short name for nbgrader, such as ml2026.")
@click.option("--name", help="Name of the course.  [default: the id]")
@click.option("--timezone", default="UTC", show_default=True, help="Time zone of the due dates: Europe/Berlin.")
@click.option("--drop", multiple=True, help="Exercises and written answers to leave out, separated by commas.")
@click.option("--points", multiple=True, help="Points of exercises: conv_parameters=4,output_size=1.")
@click.option("--install", help="What notebooks install on Colab, as `pip install` takes it.")
@click.option("--colab", help="Address of the course's folder on Colab.  [default: no Colab badge]")
@source_option
def new_course(folder, units, course_id, name, timezone, drop, points, install, colab, source):
    """Create a private course in FOLDER, with some units of this one.

    The folder is ready for git. Solutions, hidden tests and secret seeds stay in it; `tlcourse handout` makes what
    students get.
    """
    from tlcourse.building import private_course, unit_sources
    from tlcourse.grading.model.course_file import timezone_named

    root = _clone(source)
    chosen = [find_unit(unit, unit_sources.unit_names(root)) for unit in _names(units)]
    about = {"id": course_id, "name": name or course_id, "timezone": timezone_named(timezone)}
    settings = private_course.settings_for(
        root, chosen, _names(drop), _points(points), **about, install=install, colab=colab
    )
    made = private_course.create(folder, root, chosen, settings)
    click.echo(f"Created {made} with {', '.join(chosen)}.")
    click.echo(f"Next: cd {made} && tlcourse release {chosen[0][:2]}")


@click.command("update-course")
@click.option("--write", is_flag=True, help="Replace the files that were not edited here.")
@source_option
def update_course(write, source):
    """Show what a newer tlcourse has for the private course around the working directory.

    The diff shows every file that is newer there. With --write, the command replaces those that you have not edited. It
    never touches the others.
    """
    from tlcourse.building import course_update

    folder, root = course_update.own_course(), _clone(source)
    update = course_update.compare(folder, root)
    if update.diff:
        click.echo(update.diff)
    if write:
        course_update.apply(folder, root, update)
    lines = {
        "replaced" if write else "can be replaced": update.newer,
        "edited here, so never touched": update.edited,
        "no longer in tlcourse": update.missing,
    }
    for title, files in lines.items():
        for name in files:
            click.echo(f"{title}: {name}")
    if not any(lines.values()):
        click.echo("Nothing is newer.")
    elif update.newer:
        click.echo("Release the changed units again." if write else "To replace them: tlcourse update-course --write")


COMMANDS = (new_course, update_course)
