"""The `tlcourse` command; `make` calls it. Each command imports what it needs when it runs."""

import collections
import importlib
import os
import subprocess
import sys
import traceback
from pathlib import Path

import click


class Commands(click.Group):
    """Tells an error that the course words itself, or that names a file, in one line instead of a traceback."""

    def invoke(self, context):
        """Run the command that was asked for."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a ✔ must not stop a Windows pipe
        try:
            return super().invoke(context)
        except OSError as error:
            raise click.ClickException(str(error)) from error
        except (ValueError, RuntimeError) as error:
            frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
            if not frames[-1].f_globals.get("__name__", "").startswith("tlcourse."):
                raise
            raise click.ClickException(str(error)) from error


LOOK = "Show where the network looked on this photo of FOLDER, right or wrong; may be given again."
json_option = click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the numbers here too.")


@click.group(cls=Commands)
@click.version_option(package_name="tlcourse")
def main():
    """A hands-on course on transfer learning."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(options):
    """Open JupyterLab on the start page; OPTIONS go to JupyterLab."""
    from tlcourse.commands.lab import open_lab

    open_lab(options)


@main.command()
@json_option
def demo(json_file):
    """Run the headline, real data and a graded sample class, live."""
    from tlcourse.commands.demo import run

    run(json_file)


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
def check(notebook):
    """Run NOTEBOOK from top to bottom and say which exercises pass."""
    from tlcourse.commands import check_notebook

    report = check_notebook.check(notebook)
    click.echo(str(report))
    sys.exit(0 if report.passed else 1)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--into", type=click.Path(path_type=Path), default=Path("build/photos"), show_default=True)
@click.option("--teacher", help="MobileNetV2, or faces_vgg16, which comes with the course.")
@click.option("--look", type=click.Path(path_type=Path), multiple=True, metavar="PHOTO", help=LOOK)
def photos(folder, into, teacher, look):
    """Learn to tell your own photos apart: FOLDER holds one folder of photos for each class."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from tlcourse.own_photos.classifier import learn

    click.echo(str(learn(folder, into, teacher, look)))


@main.command()
@click.argument("units", nargs=-1)
@click.option("--execute/--no-execute", default=True, help="Run the cells, or keep the stored outputs.")
def build(units, execute):
    """Make the notebooks of UNITS (default: all) from solutions/*.py, then the README's tables.

    A unit may be named by its number: 01.
    """
    from tlcourse.building import builder, claims, grading_plans, tables
    from tlcourse.building.unit_sources import course_folder, names

    chosen = [next((name for name in names() if name.startswith(f"{unit}_")), unit) for unit in units]
    for built in builder.build(chosen or None, execute=execute):
        click.echo(f"{built.unit}: {built.seconds:.0f} s")
        if execute and (plan := grading_plans.write(course_folder(), built.unit)):
            click.echo(f"{built.unit}: {plan.name} written")
    for file in tables.write():
        click.echo(f"{file.name}: written")
    for line in claims.contradictions(course_folder()):
        click.echo(f"warning: contradicted by the records: {line}", err=True)


@main.command("claims")
def show_claims():
    """Print the verdict on each claim, and the sentences of the units that the records contradict."""
    from tlcourse.building import claims
    from tlcourse.building.unit_sources import course_folder

    for entry in claims.entries(course_folder()):
        click.echo(f"{entry.name} {entry.verdict}: {entry.claim}")
    lines = claims.contradictions(course_folder())
    click.echo(f"\nThe records contradict {len(lines)} sentences and expectations.")
    for line in lines:
        click.echo(line)


@main.command("sample-class")
@click.argument("unit", default="01_cnn_parameters")
@click.option("--students", default=30, show_default=True, help="How many hand in.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same class.")
@click.option("--kinds", help="Of right,partial,misconception,accident,cheat only these.")
@click.option("--folder", type=click.Path(path_type=Path), help="A new folder.  [default: build/class]")
def sample_class(unit, students, seed, kinds, folder):
    """Make a course with a sample class's hand-ins of UNIT (default: 01_cnn_parameters), to try the grading on."""
    from tlcourse.building.unit_sources import course_folder
    from tlcourse.samples import sample_students

    root = course_folder()
    folder = folder or root / "build" / "class"
    chosen = kinds.split(",") if kinds else sample_students.KINDS
    made = sample_students.make(folder, root, unit, students, seed, chosen)
    for kind, count in collections.Counter(student.kind for student in made).items():
        click.echo(f"{count:4} {kind}")
    click.echo(f"Hand-ins and {sample_students.MANIFEST}: {folder}")
    click.echo(f"Grade them there: cd {folder} && tlcourse grade {unit}")


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
def source(notebook):
    """Bring an edited solutions/NN_x/NN_x.ipynb back to its source solutions/NN_x.py."""
    from tlcourse.building.builder import to_source

    click.echo(f"{to_source(notebook)}: written. `tlcourse build` makes the notebooks from it.")


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--release", type=click.Path(path_type=Path), help="The unit as it was handed out, where it is not here.")
@click.option("--into", type=click.Path(path_type=Path), help="The repaired copy.  [default: NAME.repaired.ipynb]")
def repair(notebook, release, into):
    """Write a copy of NOTEBOOK that can be graded, with the metadata that Colab, VS Code or others took away."""
    from tlcourse.commands.repair_notebook import restore

    restored = restore(notebook, release, into)
    for note in restored.notes or ["Nothing was amiss."]:
        click.echo(note)
    click.echo(f"{restored.file}: written; {notebook} stays as it is.")
    if restored.unanswered:
        missing = ", ".join(restored.unanswered)
        click.echo(f"Not found: {missing}. If you did answer, copy your answer into the cell that was put back.")
        sys.exit(1)


@main.command()
@click.option("--into", type=click.Path(path_type=Path), help="A folder made anew.  [default: build/site]")
def site(into):
    """Make the pages to read: units with their outputs, the ledger of claims, the reference."""
    from tlcourse.building.site import build

    click.echo(build(into))


@main.command()
@click.argument("unit")
def report(unit):
    """Write the instructor's page on UNIT, and the marks as CSV for Moodle, Canvas and others."""
    from tlcourse.building.unit_sources import course_folder
    from tlcourse.grading.reporting.page import write

    for file in write(course_folder(), unit):
        click.echo(file)


@main.command("bad-submissions", context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def bad_submissions(options):
    """Grade tests/bad_submissions between honest ones; OPTIONS go to tests/bad_submissions_runner.py."""
    from tlcourse.building.unit_sources import course_folder

    command = [sys.executable, str(Path("tests", "bad_submissions_runner.py")), *options]
    sys.exit(subprocess.run(command, cwd=course_folder()).returncode)


@main.command()
@click.argument("names", nargs=-1)
def results(names):
    """Measure data/results again, all of it or NAMES."""
    importlib.import_module("tlcourse.research.registry").main(names)


@main.command()
def teachers():
    """Train the shipped teachers again."""
    importlib.import_module("tlcourse.research.pretraining").main()


@main.command()
@json_option
@click.option("--keep", is_flag=True, help="Write the numbers to data/results/bench.json.")
@click.argument("parts", nargs=-1)
def bench(json_file, keep, parts):
    """Measure the course's speed, as ratios within one run: all of it, or PARTS such as grading."""
    importlib.import_module("tlcourse.commands.bench").main(json_file, keep, parts)


@main.command()
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


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def test(options):
    """Check everything that CI checks: lint, format, tests; OPTIONS go to pytest."""
    from tlcourse.building.unit_sources import course_folder

    # A file's fixtures are made once, and files begin in the order that tests/conftest.py gives them.
    side_by_side = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"]
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["pytest", *side_by_side, *options]):
        failed = subprocess.run([sys.executable, "-m", *command], cwd=course_folder()).returncode
        if failed:
            sys.exit(failed)


@main.command()
def screenshots():
    """Make the README's pictures of the browser again; needs Chromium."""
    from tlcourse.building.unit_sources import course_folder
    from tlcourse.commands import browser

    browser.chromium()  # the tests would be skipped without it, and nothing be made
    root = course_folder()
    command = [sys.executable, "-m", "pytest", "tests/test_browser.py", "--screenshots", str(root / "data/screenshots")]
    sys.exit(subprocess.run(command, cwd=root).returncode)
