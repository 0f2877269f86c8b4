"""Commands for instructors: grading, reports, and sample classes and hostile submissions to test the grading."""

import collections
import subprocess
import sys
from pathlib import Path

import click

from tlcourse.commands.unit_argument import course_and_unit


@click.command()
@click.argument("unit")
@click.option("--jobs", type=click.IntRange(1), help="Submissions in parallel (default: one per processor).")
@click.option("--students", help="Grade only these students, separated by commas.")
@click.option("--again", is_flag=True, help="Grade all submissions again, even unchanged ones.")
@click.option("--new-seed", is_flag=True, help="Draw other inputs for the hidden tests, and grade all again.")
@click.option("--scheduler", help="Address of a Dask scheduler; its workers run the submissions.")
@click.option("--unsafe", is_flag=True, help="Run student code without a sandbox. Use it only for code that you trust.")
def grade(unit, jobs, students, again, new_seed, scheduler, unsafe):
    """Grade the submissions of UNIT in sandboxes, and record the marks in nbgrader.

    You can name a unit by its number: 01. The exit status is 1 if a submission could not be graded, lies in the wrong
    place, or has a time that could not be read.
    """
    folder, unit = course_and_unit(unit)
    from tlcourse.building.unit_release import differences
    from tlcourse.grading.gradebook.batch import grade as grade_unit
    from tlcourse.grading.gradebook.marks import final_marks
    from tlcourse.grading.reporting import changes_table, results_table
    from tlcourse.grading.submissions.submitted_files import printed

    names = [name.strip() for name in students.split(",") if name.strip()] if students else None
    options = {"jobs": jobs, "students": names, "regrade": again, "scheduler": scheduler, "unsafe": unsafe}
    for line in differences(folder, unit):
        click.echo(f"warning: {line}", err=True)
    results = grade_unit(folder, unit, **options, new_seed=new_seed)
    marks = final_marks(folder, unit)
    results_table.print_results(results, marks)
    if rows := changes_table.changed_points(results, marks):
        changes_table.print_changes(rows, changes_table.write_changes(folder, unit, rows))
    problems = [
        f"{problem}: {', '.join(printed(result.student) for result in affected)}. {remedy}"
        for problem, (has_problem, remedy) in PROBLEMS.items()
        if (affected := [result for result in results if has_problem(result)])
    ]
    if problems:
        raise click.ClickException("\n".join(problems))


def _has_flag(kind):
    return lambda result: any(flag["kind"] == kind for flag in result.flags)


# What an instructor has to see to, and how.
PROBLEMS = {
    "in the wrong place, or not unpacked": (
        _has_flag("misplaced"),
        "Do what the table says, and run the command again.",
    ),
    "not graded": (
        lambda result: result.status == "not graded" and not _has_flag("misplaced")(result),
        "Run the command again. If that does not help, remove the cause that the table names.",
    ),
    "graded without the time of submission": (
        _has_flag("timestamp"),
        "Correct timestamp.txt, and run the command again.",
    ),
}


@click.command("remove-mark")
@click.argument("unit")
@click.argument("student")
def remove_mark(unit, student):
    """Remove the mark of a STUDENT in UNIT after the submission is gone.

    The command also removes points and comments that you entered by hand, and the student's feedback page.
    """
    folder, unit = course_and_unit(unit)
    from tlcourse.grading.gradebook import removal

    mark = removal.remove_mark(folder, unit, student)
    click.echo(f"Removed the mark of {student} in {unit}: {mark.points:g} of {mark.max_points:g} points.")


@click.command()
@click.argument("unit")
def report(unit):
    """Write the instructor's report on UNIT, and the marks as CSV.

    The CSV files are for Moodle, for Canvas and for other programs.
    """
    folder, unit = course_and_unit(unit)
    from tlcourse.grading.reporting.report_page import write

    for file in write(folder, unit):
        click.echo(file)


@click.command("sample-class")
@click.argument("unit", default="01_cnn_parameters")
@click.option("--students", default=30, show_default=True, help="Number of students.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same class.")
@click.option("--kinds", help="Only some of the kinds right,partial,misconception,accident,cheat.")
@click.option("--folder", type=click.Path(path_type=Path), help="The folder to create.  [default: build/class]")
def make_sample_class(unit, students, seed, kinds, folder):
    """Create a course with sample submissions of UNIT, to try out the grading.

    The default UNIT is 01_cnn_parameters.
    """
    root, unit = course_and_unit(unit)
    from tlcourse.samples import sample_class

    folder = folder or root / "build" / "class"
    chosen = kinds.split(",") if kinds else sample_class.KINDS
    made = sample_class.make(folder, root, unit, students, seed, chosen)
    for kind, count in collections.Counter(student.kind for student in made).items():
        click.echo(f"{count:4} {kind}")
    click.echo(f"The submissions and {sample_class.MANIFEST} are in {folder}.")
    click.echo(f"To grade them: cd {folder} && tlcourse grade {unit}")


@click.command("bad-submissions", context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def bad_submissions(options):
    """Grade the hostile submissions of tests/bad_submissions among honest ones.

    OPTIONS go to tests/support/bad_submissions_runner.py.
    """
    from tlcourse.building.course_folder import course_folder

    command = [sys.executable, str(Path("tests", "support", "bad_submissions_runner.py")), *options]
    sys.exit(subprocess.run(command, cwd=course_folder()).returncode)


COMMANDS = (grade, remove_mark, report, make_sample_class, bad_submissions)
