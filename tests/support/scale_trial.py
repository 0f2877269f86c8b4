"""A class of any size through everything but the students' code: `python tests/support/scale_trial.py`.

One in twenty submissions is bad: every kind of accident and damage of tests/bad_submissions, in turn. Discovery,
reading, normalization, recording, exports and report are those of `tlcourse grade`. In place of each run, its recorded
result is replayed: every check passes. The grading is interrupted half-way, and started again.
"""

import itertools
import json
import random
import tempfile
import time
from pathlib import Path

import bad_submissions_runner as bad_submissions
import click

from tlcourse.grading.engine.grade_submission import grade_submission
from tlcourse.grading.engine.notebook_run import Run
from tlcourse.grading.engine.notebook_runner import NotebookRunner
from tlcourse.grading.gradebook import batch, scratch_course
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.exports import final_marks
from tlcourse.grading.reporting import report_page
from tlcourse.grading.sandbox.unsandboxed import Unsandboxed
from tlcourse.samples import demo_class

UNIT, HONEST = bad_submissions.UNIT, bad_submissions.HONEST
BAD_SHARE = 20  # one submission in so many
UNGRADED = {"missing", "unreadable"}
PARTS = 10  # of the class, for each of which the time is measured


class Interrupted(Exception):  # noqa: N818
    """Stands for Ctrl+C or a power cut."""


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


def make_class(folder, count, seed=0):
    """A course with submissions; the points that are due, by student."""
    release = bad_submissions.new_course(folder)
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
    """Grade the class, interrupted after half of it; results, and when each was recorded."""
    recorded, solution = [], CoursePaths(folder).solution_file(UNIT)
    aside = solution.rename(solution.with_suffix(".aside"))  # so that no plan is made, for which code would run

    def make_recorder(*arguments):
        recorder = batch.Recorder(*arguments)
        record = recorder.record
        recorder.record = lambda *pair: (record(*pair), recorded.append(time.perf_counter()))
        return recorder

    options = {"unsafe": True, "progress": False, "make_recorder": make_recorder}
    recorded.append(time.perf_counter())
    try:
        batch.grade(folder, UNIT, run_submissions=replayed(count // 2), **options)
    except Interrupted:
        recorded.append(time.perf_counter())
    results = batch.grade(folder, UNIT, run_submissions=replayed(), **options)
    aside.rename(solution)
    return results, recorded


def trial(folder, count):
    """Grade a class, and look at everything that came of it.

    Returns
    -------
    dict
        "students", "wrong" (students whose mark is not as expected), "lost" (without a mark), "not_graded", "seconds"
        of each tenth of the class by submission, "gradebook_megabytes", "report_seconds", "formgrader_seconds".
    """
    due = make_class(folder, count)
    results, recorded = grade_in_two_starts(folder, count)
    marks = final_marks(folder, UNIT)
    tenth = max(1, len(recorded) // PARTS)
    started = time.perf_counter()
    report_page.write(folder, UNIT)
    reported = time.perf_counter()
    scratch_course.gradebook_rows(folder, UNIT)  # what formgrader's page of the assignment asks for
    return {
        "students": count,
        "wrong": [name for name, points in due.items() if name in marks and marks[name][0] not in points],
        "lost": sorted(due.keys() - marks.keys()),
        "not_graded": [result.student for result in results if result.status == "not graded"],
        "seconds": [
            round((part[-1] - part[0]) / max(1, len(part) - 1), 4)
            for part in (recorded[place : place + tenth + 1] for place in range(0, len(recorded) - 1, tenth))
        ],
        "gradebook_megabytes": round((folder / "gradebook.db").stat().st_size / (1 << 20), 2),
        "report_seconds": round(reported - started, 2),
        "formgrader_seconds": round(time.perf_counter() - reported, 2),
    }


@click.command()
@click.option("--students", default=200, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the numbers here too.")
def main(students, json_file):
    """Grade a class with recorded results, and print what it took."""
    with tempfile.TemporaryDirectory(prefix="scale-", ignore_cleanup_errors=True) as temporary:
        measured = trial(Path(temporary, "course"), students)
    click.echo(json.dumps(measured, indent=1))
    if json_file:
        json_file.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
