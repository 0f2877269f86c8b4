"""Commands for authors: notebooks, the site, recorded results, tests."""

import subprocess
import sys
from pathlib import Path

import click

from tlcourse.commands.options import json_option, notebook_argument
from tlcourse.commands.unit_argument import course_and_unit


@click.command()
@click.argument("units", nargs=-1)
@click.option("--execute/--no-execute", default=True, help="Run the cells, or keep the stored outputs.")
def build(units, execute):
    """Generate the notebooks of UNITS from solutions/*.py, and update the tables.

    Without UNITS, the command builds all units. You can name a unit by its number: 01. The tables are in README.md,
    docs/ and data/README.md.
    """
    from tlcourse.building.course_folder import course_folder, has_records, require_own_clone

    require_own_clone()
    root = course_folder()
    chosen = [course_and_unit(unit)[1] for unit in units]
    from tlcourse.building import builder, claims, course_units, shipped_plans, stated_counts, tables

    for built in builder.build(chosen or None, execute=execute, root=root):
        click.echo(f"{built.unit}: {built.seconds:.0f} s")
        if execute and (plan := shipped_plans.write(root, built.unit)):
            click.echo(f"{built.unit}: {plan.name} written")
        for line in built.outside:
            click.echo(f"warning: {built.unit}: {line}", err=True)
        for line in stated_counts.disagreements(root, built.unit, course_units.read_unit(root, built.unit)):
            click.echo(f"warning: {line}", err=True)
    for file in tables.write(root):
        click.echo(f"{file.name}: written")
    for line in claims.contradictions(root) if has_records(root) else ():
        click.echo(f"warning: contradicted by the records: {line}", err=True)


@click.command("claims")
def show_claims():
    """Print the verdict on each claim, and sentences that the records contradict.

    Each verdict has its effect and its scope below it.
    """
    from tlcourse.building import claims
    from tlcourse.building.course_folder import course_folder

    for entry in claims.entries(course_folder()):
        click.echo(f"{entry.name} {entry.label}: {entry.claim}")
        for line in filter(None, (entry.effect, entry.scope, entry.note)):
            click.echo(f"    {line}")
    lines = claims.contradictions(course_folder())
    click.echo(f"\nSentences and expectations that the records contradict: {len(lines)}")
    for line in lines:
        click.echo(line)


@click.command()
@notebook_argument
def source(notebook):
    """Convert an edited solved notebook back to its source.

    For example, solutions/NN_x/NN_x.ipynb becomes solutions/NN_x.py.
    """
    from tlcourse.building.builder import to_source

    click.echo(f"Wrote {to_source(notebook)}. Run `tlcourse build` to generate the notebooks from it.")


@click.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    help="Folder; replaces an earlier site.  [default: build/site]",
)
def site(into):
    """Build the website: units with outputs, the claims, and the API reference."""
    from tlcourse.building.site import build

    click.echo(build(into))


@click.command()
@click.option(
    "--compare",
    is_flag=True,
    help="Run only the first seed of each experiment, compare it with the record, and save nothing.",
)
@click.option(
    "--quick",
    is_flag=True,
    help="Run the first seed of each in under 30 minutes, and report which values lie in the prediction interval.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0),
    help="With --quick: skip experiments that would not finish in time.  [default: 25]",
)
@click.argument("names", nargs=-1)
def results(compare, quick, minutes, names):
    """Repeat all experiments that have a record, or run only the experiments NAMES.

    The records are in data/results. An experiment in NAMES does not need a record yet.
    """
    from tlcourse.building.course_folder import require_own_clone
    from tlcourse.research import comparison, quick_check, registry

    if (compare and quick) or (minutes is not None and not quick):
        raise click.UsageError("use either --quick or --compare, and --minutes only with --quick")
    require_own_clone()
    if quick:
        quick_check.main(names, quick_check.MINUTES if minutes is None else minutes)
    elif compare:
        comparison.main(names)
    else:
        registry.main(names)


@click.command()
@click.argument("names", nargs=-1)
def teachers(names):
    """Train the course's teachers again: all of them, or NAMES.

    faces_vgg16 and texts_bert are shipped. faces_first, faces_second and faces_third are kept in the cache folder.
    """
    from tlcourse.building.course_folder import require_own_clone
    from tlcourse.research import pretraining

    require_own_clone()
    pretraining.main(names)


@click.command()
@json_option
@click.option("--keep", is_flag=True, help="Write the numbers to data/results/bench.json.")
@click.argument("parts", nargs=-1)
def bench(json_file, keep, parts):
    """Measure the speed of the course: everything, or only PARTS such as grading.

    Most results are ratios within one run, because these depend less on the machine than seconds.
    """
    from tlcourse.building.course_folder import require_own_clone
    from tlcourse.commands.bench import main

    if keep:
        require_own_clone()
    main(json_file, keep, parts)


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--all", "everything", is_flag=True, help="Run every test once, not only the fast ones.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def test(everything, options):
    """Run the linters and the fast tests, or all tests. OPTIONS go to pytest."""
    from tlcourse.building.course_folder import course_folder
    from tlcourse.commands import run_tests

    run_tests.main(everything, options, course_folder())


@click.command()
@click.option("--pages", is_flag=True, help="Take only those in build/screenshots.")
def screenshots(pages):
    """Take the screenshots of the documentation again; needs Chromium.

    Those in data/screenshots are shown in docs/. Those in build/screenshots are for a look after a change: the first
    page of the website, a unit, the claims and a report, on a telephone and a desktop, in both themes.
    """
    from tlcourse.building.course_folder import course_folder
    from tlcourse.commands import browser, page_screenshots

    browser.chromium()  # without Chromium, pytest would skip the tests and take no screenshots
    root = course_folder()
    if not pages:
        keeping = ["tests/commands/test_browser.py", "--screenshots", str(root / "data/screenshots")]
        if status := subprocess.run([sys.executable, "-m", "pytest", *keeping], cwd=root).returncode:
            sys.exit(status)
    shown = page_screenshots.pages(root, root / "build" / "screenshots_class")
    with browser.running() as opened:
        for file in page_screenshots.take(opened, shown, root / "build" / "screenshots"):
            click.echo(file)


COMMANDS = (build, source, show_claims, site, results, teachers, bench, test, screenshots)
