"""Commands for authors: notebooks, the site, recorded results, tests."""

import importlib
import subprocess
import sys
from pathlib import Path

import click

from tlcourse.commands.options import json_option


@click.command()
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


@click.command("claims")
def show_claims():
    """Print the verdict on each claim, and the sentences of the units that the records contradict."""
    from tlcourse.building import claims
    from tlcourse.building.unit_sources import course_folder

    for entry in claims.entries(course_folder()):
        click.echo(f"{entry.name} {entry.verdict}: {entry.claim}")
    lines = claims.contradictions(course_folder())
    click.echo(f"\nSentences and expectations that the records contradict: {len(lines)}")
    for line in lines:
        click.echo(line)


@click.command()
@click.argument("notebook", type=click.Path(path_type=Path))
def source(notebook):
    """Bring an edited solutions/NN_x/NN_x.ipynb back to its source solutions/NN_x.py."""
    from tlcourse.building.builder import to_source

    click.echo(f"{to_source(notebook)}: written. `tlcourse build` makes the notebooks from it.")


@click.command()
@click.option("--into", type=click.Path(path_type=Path), help="A folder made anew.  [default: build/site]")
def site(into):
    """Make the pages to read: units with their outputs, the ledger of claims, the reference."""
    from tlcourse.building.site import build

    click.echo(build(into))


@click.command()
@click.option("--compare", is_flag=True, help="Run the first seed of each, compare it with the record, keep nothing.")
@click.argument("names", nargs=-1)
def results(compare, names):
    """Measure data/results again, all of it or NAMES."""
    importlib.import_module(f"tlcourse.research.{'comparison' if compare else 'registry'}").main(names)


@click.command()
def teachers():
    """Train the shipped teachers again."""
    importlib.import_module("tlcourse.research.pretraining").main()


@click.command()
@json_option
@click.option("--keep", is_flag=True, help="Write the numbers to data/results/bench.json.")
@click.argument("parts", nargs=-1)
def bench(json_file, keep, parts):
    """Measure the course's speed, as ratios within one run: all of it, or PARTS such as grading."""
    importlib.import_module("tlcourse.commands.bench").main(json_file, keep, parts)


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--all", "everything", is_flag=True, help="Every test once, not only those of the fast tier.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def test(everything, options):
    """Run the linters and the fast tests, or all tests; OPTIONS go to pytest."""
    from tlcourse.building.unit_sources import course_folder
    from tlcourse.commands import run_tests

    run_tests.main(everything, options, course_folder())


@click.command()
def screenshots():
    """Make the README's screenshots of the browser again; needs Chromium."""
    from tlcourse.building.unit_sources import course_folder
    from tlcourse.commands import browser

    browser.chromium()  # the tests would be skipped without it, and nothing be made
    root = course_folder()
    keeping = ["tests/commands/test_browser.py", "--screenshots", str(root / "data/screenshots")]
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", *keeping], cwd=root).returncode)


COMMANDS = (build, source, show_claims, site, results, teachers, bench, test, screenshots)
