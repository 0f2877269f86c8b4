"""Commands for instructors: grading, reports, sample classes and hostile submissions to try the grading on."""

import collections
import subprocess
import sys
from pathlib import Path

import click


@click.command()
@click.argument("unit")
@click.option("--jobs", type=click.IntRange(1), help="Submissions side by side (default: one for each processor).")
@click.option("--students", help="Only these, separated by commas.")
@click.option("--again", is_flag=True, help="Also what is graded and has not changed since.")
@click.option("--scheduler", help="Address of a Dask scheduler, whose workers do the work.")
@click.option("--unsafe", is_flag=True, help="Run student code without a box, where there is no bubblewrap.")
def grade(unit, jobs, students, again, scheduler, unsafe):
    """Grade the submissions of UNIT: isolated, in parallel, into nbgrader's gradebook."""
    from tlcourse.building.unit_sources import course_folder
    from tlcourse.grading.gradebook.batch import grade as grade_unit
    from tlcourse.grading.reporting import table

    names = [name.strip() for name in students.split(",") if name.strip()] if students else None
    options = {"jobs": jobs, "students": names, "again": again, "scheduler": scheduler, "unsafe": unsafe}
    table.show(grade_unit(course_folder(), unit, **options))


@click.command()
@click.argument("unit")
def report(unit):
    """Write the instructor's page on UNIT, and the marks as CSV for Moodle, Canvas and others."""
    from tlcourse.building.unit_sources import course_folder
    from tlcourse.grading.reporting.page import write

    for file in write(course_folder(), unit):
        click.echo(file)


@click.command("sample-class")
@click.argument("unit", default="01_cnn_parameters")
@click.option("--students", default=30, show_default=True, help="How many hand in.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same class.")
@click.option("--kinds", help="Of right,partial,misconception,accident,cheat only these.")
@click.option("--folder", type=click.Path(path_type=Path), help="A new folder.  [default: build/class]")
def sample_class(unit, students, seed, kinds, folder):
    """Make a course with a sample class's submissions of UNIT (default: 01_cnn_parameters), to try the grading on."""
    from tlcourse.building.unit_sources import course_folder
    from tlcourse.samples import sample_students

    root = course_folder()
    folder = folder or root / "build" / "class"
    chosen = kinds.split(",") if kinds else sample_students.KINDS
    made = sample_students.make(folder, root, unit, students, seed, chosen)
    for kind, count in collections.Counter(student.kind for student in made).items():
        click.echo(f"{count:4} {kind}")
    click.echo(f"Submissions and {sample_students.MANIFEST}: {folder}")
    click.echo(f"Grade them there: cd {folder} && tlcourse grade {unit}")


@click.command("bad-submissions", context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def bad_submissions(options):
    """Grade tests/bad_submissions between honest ones; OPTIONS go to tests/support/bad_submissions_runner.py."""
    from tlcourse.building.unit_sources import course_folder

    command = [sys.executable, str(Path("tests", "support", "bad_submissions_runner.py")), *options]
    sys.exit(subprocess.run(command, cwd=course_folder()).returncode)


COMMANDS = (grade, report, sample_class, bad_submissions)
