"""Commands for instructors: grading, reports, and sample classes and hostile submissions to test the grading."""

import collections
import functools
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
    from tlcourse.grading.submissions.submitted_files import printed

    names = [name.strip() for name in students.split(",") if name.strip()] if students else None
    options = {"jobs": jobs, "students": names, "regrade": again, "scheduler": scheduler, "unsafe": unsafe}
    for line in differences(folder, unit):
        click.echo(f"warning: {line}", err=True)
    results = grade_unit(folder, unit, **options, new_seed=new_seed)
    _show(folder, unit, results)
    problems = [
        f"{problem}: {', '.join(printed(result.student) for result in affected)}. {remedy}"
        for problem, (has_problem, remedy) in PROBLEMS.items()
        if (affected := [result for result in results if has_problem(result)])
    ]
    if problems:
        raise click.ClickException("\n".join(problems))


def _show(folder, unit, results):
    """Print the results with the marks that the exports have, and what has changed since the grading before."""
    from tlcourse.grading.gradebook.course import NbgraderCourse
    from tlcourse.grading.gradebook.course_sync import grace_days_used, lateness, remarks
    from tlcourse.grading.gradebook.marks import final_marks
    from tlcourse.grading.reporting import changes_table, results_table

    marks, course = final_marks(folder, unit), NbgraderCourse(folder)
    people = remarks(course, unit, [result.student for result in results])
    late, grace = lateness(course, unit), grace_days_used(course, unit)
    results_table.print_results(results, marks, late, people, grace)
    if rows := changes_table.changed_points(results, marks):
        changes_table.print_changes(rows, changes_table.write_changes(folder, unit, rows))


def _has_flag(kind):
    return lambda result: any(flag["kind"] == kind for flag in result.flags)


# What an instructor has to see to, and how.
PROBLEMS = {
    "in the wrong place, or not unpacked": (
        _has_flag("misplaced"),
        "Do what the table says, or run `tlcourse collect`, and then run this command again.",
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
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option("--times", type=click.Path(path_type=Path), help="CSV file: when each student submitted (id, time).")
def collect(unit, sources, times):
    """Put the submissions of UNIT where the grading looks for them.

    SOURCES are zip files of a learning platform, or folders. Without any, the command looks in the course's own folder
    of submissions for zip files and for notebooks at the wrong depth. The exit status is 1 if a file has no place.
    """
    sources = [source.resolve() for source in sources]
    folder, unit = course_and_unit(unit)
    from tlcourse.grading.gradebook import collecting, enrolled_people
    from tlcourse.grading.gradebook.course import NbgraderCourse
    from tlcourse.grading.reporting.collected_table import print_collected

    course = NbgraderCourse(folder)
    arrived = enrolled_people.read_times(course, times) if times else None
    outcomes = collecting.collect(course, unit, sources, enrolled_people.course_people(course), arrived)
    print_collected(outcomes)
    if unplaced := [outcome.label for outcome in outcomes if outcome.action == "not placed"]:
        raise click.ClickException(f"not placed: {', '.join(unplaced)}. The table gives the reasons")


@click.command()
@click.argument("unit")
def report(unit):
    """Write the instructor's report on UNIT, and the marks as CSV.

    The CSV files are for Moodle, for Canvas and for other programs.
    """
    folder, unit = course_and_unit(unit)
    from tlcourse.grading.gradebook.marks import final_marks
    from tlcourse.grading.reporting.report_page import write
    from tlcourse.grading.submissions.submitted_files import printed

    for file in write(folder, unit):
        click.echo(file)
    for student, mark in final_marks(folder, unit).items():
        if mark.misplaced:
            click.echo(f"no mark for Moodle and Canvas: {printed(student)} ({mark.misplaced})", err=True)


@click.command()
@click.argument("unit")
@click.option("--to", type=click.Choice(["zips", "mail", "exchange"]), default="zips", show_default=True)
@click.option("--sender", default="", help="Your address, for --to mail.")
def feedback(unit, to, sender):
    """Write the feedback pages of UNIT again, and return them.

    As one zip file for each student, as messages that your mail program opens, or through nbgrader's exchange. The exit
    status is 1 if the feedback of a student could not be written. The others get theirs.
    """
    folder, unit = course_and_unit(unit)
    from tlcourse.grading.gradebook import feedback as pages
    from tlcourse.grading.gradebook import page_writer
    from tlcourse.grading.gradebook.course import NbgraderCourse
    from tlcourse.grading.submissions.submitted_files import printed

    course = NbgraderCourse(folder)
    if to == "mail":
        pages.require_address(sender)
    failures = page_writer.generate(course, unit)
    released = True
    if to == "exchange":
        command = [sys.executable, "-m", "nbgrader", "release_feedback", unit]
        released = subprocess.run(command, cwd=folder).returncode == 0
    else:
        write = pages.write_zips if to == "zips" else functools.partial(pages.write_messages, sender=sender)
        returned = write(course, unit, failures=failures)
        failures = returned.failures
        click.echo(f"{len(returned.files)} files in {returned.folder}")
        for student, reason in returned.problems.items():
            click.echo(f"nothing for {printed(student)}: {reason}")
    if failures:
        lines = [f"{printed(student)}: {reason}" for student, reason in failures.items()]
        raise click.ClickException("\n".join(["no feedback for these students", *lines]))
    if not released:
        raise click.ClickException(
            "nbgrader could not release the feedback, see above. --to exchange needs the exchange of a JupyterHub, the "
            "folder that c.Exchange.root names (docs/jupyterhub.md). Otherwise, use --to zips or --to mail"
        )


@click.command()
@click.argument("unit")
def compare(unit):
    """List submissions of UNIT that are identical or nearly so, next to each other.

    Run it after the grading. It is information for a conversation, not evidence of copying.
    """
    folder, unit = course_and_unit(unit)
    from tlcourse.grading.reporting import similar_page

    pairs, file = similar_page.write(folder, unit)
    for pair in pairs[: similar_page.PRINTED]:
        click.echo(similar_page.summary(pair))
    click.echo(f"{len(pairs)} pairs; their answers are next to each other in {file}")


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


COMMANDS = (collect, grade, remove_mark, report, feedback, compare, make_sample_class, bad_submissions)
