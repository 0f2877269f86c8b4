"""Commands for instructors who teach a course of their own: create it, update it, release units, hand them out."""

from pathlib import Path

import click

from tlcourse.commands.unit_argument import checked_course_folder, course_and_unit, find_unit


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
    """The course that units come from: the one named, the one around the working directory, or that of this package."""
    from tlcourse.building.course_folder import PACKAGE, course_folder
    from tlcourse.building.delivered_files import RECORD

    if path is None:
        path = course_folder()
        path = PACKAGE.parent if (path / RECORD).is_file() else path  # a private course is not where units come from
    return course_folder(path)


source_option = click.option(
    "--source",
    type=click.Path(path_type=Path),
    help="Clone with the units.  [default: the course here, or the clone that this program is in]",
)


@click.command("new-course")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--units", multiple=True, required=True, help="Units, separated by commas: 01,02.")
@click.option("--id", "course_id", required=True, help="Short name for nbgrader, such as ml2026.")
@click.option("--name", help="Name of the course.  [default: the id]")
@click.option("--timezone", default="UTC", show_default=True, help="Time zone of the due dates: Europe/Berlin.")
@click.option("--drop", multiple=True, help="Exercises and written answers to leave out, separated by commas.")
@click.option("--draw", type=click.IntRange(1), help="How many exercises each unit keeps, drawn at random.")
@click.option("--points", multiple=True, help="Points of exercises: conv_parameters=4,output_size=1.")
@click.option("--install", help="What students install, as `pip install` takes it, such as the address of a wheel.")
@click.option("--colab", help="Address of the course's folder on Colab.  [default: no link to Colab]")
@source_option
def new_course(folder, units, course_id, name, timezone, drop, draw, points, install, colab, source):
    """Create a private course in FOLDER, with some units of this one.

    The folder is ready for git. Solutions, hidden tests and secret seeds stay in it; `tlcourse handout` makes what
    students get.
    """
    from tlcourse.building import private_course, unit_sources
    from tlcourse.commands.drawn_exercises import exercises_to_drop
    from tlcourse.grading.model.course_file import timezone_named

    root = _clone(source)
    chosen = [find_unit(unit, unit_sources.unit_names(root)) for unit in _names(units)]
    left_out = _names(drop)
    if draw:
        drawn = exercises_to_drop(root, chosen, draw, left_out)
        left_out += drawn
    about = {"id": course_id, "name": name or course_id, "timezone": timezone_named(timezone)}
    settings = private_course.settings_for(
        root, chosen, left_out, _points(points), **about, install=install, colab=colab
    )
    made = private_course.create(folder, root, chosen, settings)
    click.echo(f"Created {made} with {', '.join(chosen)}.")
    if draw:
        click.echo(f"Drawn at random, and left out: {', '.join(drawn) or 'nothing'}. See drop in course.toml.")
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


@click.command()
@click.argument("unit")
@click.option("--execute/--no-execute", default=True, help="Run the cells if the code of the unit changed.")
def release(unit, execute):
    """Release UNIT, for the first time or after any change.

    The command builds the unit if its source or course.toml changed. It grades the unit's own solutions, and stops if
    they fail a check. Then it updates the gradebook and the students' notebook. Submissions and marks stay. It prints a
    warning where the text states other numbers of exercises, points or minutes than the unit has.
    """
    folder, unit = course_and_unit(unit)
    from tlcourse.building import unit_release

    click.echo(f"Trying the solutions of {unit}. This can take minutes.", err=True)
    changes, text_changed, problem = unit_release.release(folder, unit, execute)
    if problem:
        click.echo(f"The solutions of {unit} were not tried, because {problem}", err=True)
    for line in _described(unit, changes):
        click.echo(line)
    click.echo(f"Released {unit}." if text_changed or any(changes[:4]) else f"{unit}: nothing has changed.")
    stale = _stale_text(folder, unit)
    for line in stale:
        click.echo(f"warning: {line}", err=True)
    if stale:
        click.echo(f"Correct solutions/{unit}.py, and release {unit} again before you hand it out.", err=True)
    elif text_changed:
        click.echo("The students' notebook is new: hand it out.")
    if changes.submissions:
        click.echo(f"Next: tlcourse grade {unit[:2]}  ({changes.submissions} submissions are in the gradebook)")


def _stale_text(folder, unit):
    """Where a unit's text disagrees with what it contains. It decides no mark, so it does not stop a release."""
    from tlcourse.building import course_units, stated_counts

    if not (folder / "solutions" / f"{unit}.py").is_file():
        return []
    return stated_counts.disagreements(folder, unit, course_units.read_unit(folder, unit))


def _described(unit, changes):
    """What a release changed in the gradebook, one line for each check."""
    from tlcourse.grading.model.results import RECORDS, WITHDRAWN

    yield from (f"added: {name} ({points:g} points)" for name, points in changes.added.items())
    yield from (f"withdrawn: {name} ({points:g} points)" for name, points in changes.removed.items())
    yield from (f"points: {name} {old:g} -> {new:g}" for name, (old, new) in changes.points.items())
    yield from (f"check changed: {name}" for name in changes.checks)
    if changes.removed and changes.submissions:
        yield f"The marks of withdrawn checks are in {RECORDS}/{unit}/{WITHDRAWN}."


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--units", multiple=True, help="Units, separated by commas: 01,02.  [default: all released units]")
def handout(folder, units):
    """Write what students get into FOLDER, and as a zip file beside it.

    These are the released notebooks, and a wheel of the helper package without solutions. If students install the wheel
    from an address, install in course.toml, the command writes it beside FOLDER, for you to upload. It searches
    everything for solutions, hidden tests and seeds, and stops if it finds any.
    """
    from tlcourse.building import handout as handouts
    from tlcourse.grading.gradebook.course import NbgraderCourse

    root = checked_course_folder()
    course = NbgraderCourse(root)
    chosen = [find_unit(unit, course.paths.units()) for unit in _names(units)] or course.released_units()
    if not chosen:
        raise click.ClickException("no unit is released: run `tlcourse release UNIT` first")
    made = handouts.make(root, folder, chosen)
    for file in filter(None, (made.folder, made.archive, made.wheel)):
        click.echo(file)
    for note in made.notes:
        click.echo(note)


@click.command()
@click.argument("name")
@click.option("--next-id", help="The id of the course from now on, for course.toml.")
def archive(name, next_id):
    """Close a year: move its marks, submissions and records to archive/NAME, and draw new seeds.

    Sources and settings stay, but the due dates become comments in course.toml. The next class starts with an empty
    gradebook and an empty roster.
    """
    from tlcourse.building.course_archive import close_year

    click.echo(
        f"Moved the year to {close_year(checked_course_folder(), name, next_id)}. The hidden tests have new seeds."
    )
    click.echo("Next: enter the new due dates into course.toml and the new students into the roster, and run")
    click.echo("tlcourse release UNIT, for each unit")


@click.command("compare-years")
@click.argument("unit")
def compare_years(unit):
    """Compare how the exercises of UNIT went in the archived years, and now if it has been graded."""
    folder, unit = course_and_unit(unit)
    from tlcourse.grading.reporting import item_statistics

    item_statistics.print_comparison(unit, item_statistics.years(folder, unit))


COMMANDS = (new_course, update_course, release, handout, archive, compare_years)
