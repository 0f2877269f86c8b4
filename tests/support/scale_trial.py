"""A class of any size through everything but the students' code: `python tests/support/scale_trial.py`.

One in twenty submissions is bad: every kind of accident and damage of tests/bad_submissions, in turn. Discovery,
reading, normalization, recording, exports and report are those of `tlcourse grade`. In place of each run, its recorded
result is replayed: every check passes. The grading is interrupted halfway, and started again. In the end, formgrader
shows the class, and a third start finds nothing to do.

`--keep` adds the numbers to data/results/scale.json, from which `make build` makes the table of docs/speed.md.
"""

import contextlib
import itertools
import json
import random
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

import bad_submissions_runner as bad_submissions
import click
import lab_server
import sqlalchemy

from tlcourse.data import data_folder, results
from tlcourse.grading.engine.grade_submission import grade_submission
from tlcourse.grading.engine.notebook_run import Run
from tlcourse.grading.engine.notebook_runner import NotebookRunner
from tlcourse.grading.gradebook import batch, scratch_course
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.marks import final_marks
from tlcourse.grading.reporting import report_page
from tlcourse.grading.sandbox.unsandboxed import Unsandboxed
from tlcourse.research import provenance
from tlcourse.research.recording import record
from tlcourse.samples import demo_class

UNIT, HONEST = bad_submissions.UNIT, bad_submissions.HONEST
BAD_SHARE = 20  # one submission in so many
UNGRADED = {"missing", "unreadable"}
PARTS = 10  # of the class, for each of which the time is measured


class Interrupted(Exception):  # noqa: N818
    """Stands for Ctrl+C or a power cut."""


class Moment(NamedTuple):
    """When a result was recorded: seconds on the clock, and of this process's processor time."""

    clock: float
    processor: float

    @classmethod
    def now(cls):
        """This moment."""
        return cls(time.perf_counter(), time.process_time())


class ReplayedRunner(NotebookRunner):
    """Replays the recorded result of a notebook: every check passes."""

    async def execute(self):
        """See `NotebookRunner.execute`."""
        graded = [cell.metadata.nbgrader.grade_id for cell in self.notebook.cells if _is_check(cell)]
        passed = {"outcome": "passed", "message": "", "seconds": 0.0}
        return Run(verdicts=[{"grade_id": name, **passed} for name in graded])


def _is_check(cell):
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")


def replayed(stop_after=None):
    """What `batch.grade` calls in the place of the sandbox; it stops after so many submissions."""

    def run_submissions(assignment, submissions, **_):
        for number, submission in enumerate(submissions):
            if number == stop_after:
                raise Interrupted
            yield submission, grade_submission(assignment, submission, Unsandboxed(), ReplayedRunner)

    return run_submissions


def make_class(folder, count, gradebook=None, seed=0):
    """A course with submissions, and with its gradebook at an address; the points that are due, by student."""
    release = bad_submissions.new_course(folder)
    if gradebook:
        with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write(f"c.CourseDirectory.db_url = {gradebook!r}\n")
        scratch_course.run_nbgrader(folder, "generate_assignment", UNIT, "--force")
    kinds = [bad for bad in bad_submissions.read_all() if bad.kind in ("accident", "damaged") and bad.base == "right"]
    random.Random(seed).shuffle(kinds)
    kinds, due = itertools.cycle(kinds), {}
    right = demo_class.fill(release, bad_submissions.RIGHT)
    places = {"COURSE_FOLDER": str(folder), "ORACLE_PORT": "1"}
    for number in range(count):
        student = f"student_{number:05}"
        if number % BAD_SHARE == BAD_SHARE - 1:
            bad = next(kinds)
            bad_submissions.submit(bad, release, CoursePaths(folder).submitted_file(student, UNIT), places)
            due[student] = {0.0} if bad.statuses <= UNGRADED else {0.0, HONEST} if bad.statuses & UNGRADED else {HONEST}
        else:
            scratch_course.submit(folder, student, UNIT, right)
            due[student] = {HONEST}
    return due


def grade_in_two_starts(folder, count):
    """Grade the class, interrupted after half of it; the `Moment`s of both starts and of each record in between."""
    starts, solution = [[Moment.now()], []], CoursePaths(folder).solution_file(UNIT)
    aside = solution.rename(solution.with_suffix(".aside"))  # so that no plan is made, for which code would run
    with contextlib.suppress(Interrupted):
        grade(folder, replayed(count // 2), starts[0])
    starts[1].append(Moment.now())
    all_results = grade(folder, replayed(), starts[1])
    started = time.perf_counter()
    grade(folder, replayed(stop_after=0), [])
    unchanged = time.perf_counter() - started
    aside.rename(solution)
    return all_results, starts, unchanged


def grade(folder, run_submissions, moments):
    """Grade a class as `tlcourse grade` does; the moment of each record is appended to `moments`."""

    def make_recorder(*arguments):
        recorder = batch.Recorder(*arguments)
        record_result = recorder.record
        recorder.record = lambda *pair: (record_result(*pair), moments.append(Moment.now()))
        return recorder

    options = {"unsafe": True, "progress": False, "make_recorder": make_recorder}
    return batch.grade(folder, UNIT, run_submissions=run_submissions, **options)


def seconds_by_part(starts):
    """Mean seconds for a submission in each tenth of the class: on the clock, and of the processor.

    Reading the class, with which each start begins, is left out.
    """
    pairs = [pair for moments in starts for pair in itertools.pairwise(moments[1:])]
    size = max(1, len(pairs) // PARTS)
    parts = [pairs[place : place + size] for place in range(0, len(pairs), size)][:PARTS]
    return [
        [round(sum(after[kind] - before[kind] for before, after in part) / len(part), 4) for part in parts]
        for kind in range(len(Moment._fields))
    ]


def gradebook_megabytes(folder):
    """The size of a course's gradebook."""
    with NbgraderCourse(folder).gradebook() as book:
        if book.db.bind.dialect.name == "postgresql":
            size = book.db.execute(sqlalchemy.text("SELECT pg_database_size(current_database())")).scalar()
        else:
            size = (folder / "gradebook.db").stat().st_size
    return round(size / (1 << 20), 2)


def formgrader_list(folder):
    """The seconds that formgrader takes to list the submissions of the unit, best of three, and how many it lists."""
    taken = []
    with lab_server.running(folder, folder, patience=3600) as (address, _, token):
        request = urllib.request.Request(
            f"{address}/formgrader/api/submissions/{UNIT}", headers={"Authorization": f"token {token}"}
        )
        for _ in range(3):
            started = time.perf_counter()
            with urllib.request.urlopen(request, timeout=3600) as response:
                listed = json.load(response)
            taken.append(time.perf_counter() - started)
    return {"formgrader_seconds": round(min(taken), 2), "listed": len(listed)}


def trial(folder, count, gradebook=None):
    """Grade a class, and look at everything that came of it.

    Returns
    -------
    dict
        "wrong" (students with an unexpected mark), "lost" (without a mark), "not_graded"; "seconds_per_submission"
        and "processor_seconds_per_submission" in each tenth of the class; the seconds of the whole grading, of a start
        that finds nothing new, of reading the marks and of the report; "gradebook_megabytes".
    """
    due = make_class(folder, count, gradebook)
    started = time.perf_counter()
    all_results, starts, unchanged = grade_in_two_starts(folder, count)
    graded = time.perf_counter()
    marks = final_marks(folder, UNIT)
    exported = time.perf_counter()
    report_page.write(folder, UNIT)
    reported = time.perf_counter()
    clock, processor = seconds_by_part(starts)
    return {
        "students": count,
        "wrong": [name for name, points in due.items() if name in marks and marks[name].points not in points],
        "lost": sorted(due.keys() - marks.keys()),
        "not_graded": [result.student for result in all_results if result.status == "not graded"],
        "grading_seconds": round(graded - started - unchanged, 1),
        "seconds_per_submission": clock,
        "processor_seconds_per_submission": processor,
        "unchanged_seconds": round(unchanged, 2),
        "marks_seconds": round(exported - graded, 2),
        "report_seconds": round(reported - exported, 2),
        "gradebook_megabytes": gradebook_megabytes(folder),
    }


def keep(measured, gradebook):
    """Add a trial to the record of all, under the kind of its gradebook and the number of its students."""
    kind, size = "postgresql" if gradebook else "sqlite", str(measured["students"])
    file = data_folder() / "results" / "scale.json"
    content = results("scale") if file.is_file() else {"provenance": {}}
    made = provenance.now("python tests/support/scale_trial.py --keep")
    parts = {**content["provenance"].get("parts", {}), f"{kind}/{size}": made}
    trials = content.get(kind, {}) | {size: measured}
    ordered = {name: trials[name] for name in sorted(trials, key=int)}
    record("scale", {**content, kind: ordered, "provenance": {**made, "parts": parts}})


@click.command()
@click.option("--students", default=200, show_default=True)
@click.option("--gradebook", help="Address of an empty PostgreSQL database, instead of SQLite.")
@click.option("--keep", "kept", is_flag=True, help="Also write the numbers to data/results/scale.json.")
def main(students, gradebook, kept):
    """Grade a class with recorded results, and print what it took."""
    with tempfile.TemporaryDirectory(prefix="scale-", ignore_cleanup_errors=True) as temporary:
        measured = trial(Path(temporary, "course"), students, gradebook)
        click.echo(f"{json.dumps(measured, indent=1)}\nNow formgrader", err=True)  # hours are not lost if it fails
        measured |= formgrader_list(Path(temporary, "course"))
    click.echo(json.dumps(measured, indent=1))
    if kept:
        keep(measured, gradebook)


if __name__ == "__main__":
    main()
