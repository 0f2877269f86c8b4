"""The table that `tlcourse grade` prints."""

import collections

from rich.console import Console

from tlcourse.grading.gradebook.course_sync import format_lateness
from tlcourse.grading.reporting.terminal_table import print_with_notes


def print_results(results, marks, late=None, remarks=None, grace=None):
    """Print a line for each student, and how often each status came.

    Parameters
    ----------
    results : list of tlcourse.grading.model.results.Result
    marks : dict
        Of `tlcourse.grading.gradebook.marks.final_marks`: the table shows the mark that the exports have, beside the
        points of the checks.
    late : dict, optional
        By student, by how many seconds a submission is late; see `tlcourse.grading.gradebook.course_sync.lateness`.
    remarks : dict, optional
        A sentence about some students; see `tlcourse.grading.gradebook.course_sync.remarks`.
    grace : dict, optional
        How many grace days a submission has used, by student.
    """
    late, remarks, grace = late or {}, remarks or {}, grace or {}
    console, rows = Console(), []
    for result in results:
        checks = "" if result.score is None else f"{result.score:g} of {result.max_score:g}"
        flags = [_described(flag) for flag in result.flags]
        mark = marks.get(result.student)
        notes = [*result.notes, *flags, *_about_mark(mark)]
        if days := grace.get(result.student):
            notes.append(f"Grace days used: {days:g}.")
        if remark := remarks.get(result.student):
            notes.insert(0, remark)
        lateness = [format_lateness(late.get(result.student))] if late else []
        rows.append(((result.student, result.status, checks, _shown_mark(mark), *lateness), notes))
    print_with_notes(console, ("student", "status", "checks", "mark", *(["late"] if late else [])), rows)
    if seeds := {result.seed for result in results if result.seed}:
        console.print(f"seed of the hidden tests: {', '.join(sorted(seeds))} (keep it secret)", highlight=False)
    counts = collections.Counter(result.status for result in results)
    console.print(", ".join(f"{count} {status}" for status, count in counts.most_common()) or "no submissions")


def _described(flag):
    where = f"{flag['grade_id']}: " if flag["grade_id"] else ""
    return f"[{flag['kind']}] {where}{flag['evidence']}"


def _shown_mark(mark):
    if mark is None:
        return ""
    return f"{mark.points:g} of {mark.max_points:g}{', provisional' if mark.provisional else ''}"


def _about_mark(mark):
    """How a mark comes about, and why it can still change, as sentences."""
    if mark is None:
        return []
    notes = [f"Late penalty: {mark.penalty:g}."] if mark.penalty else []
    if mark.provisional:
        notes.append(f"Provisional: {mark.why_provisional}.")
    if mark.unconfirmed:
        notes.append("Graded again after you entered points by hand: confirm them in formgrader.")
    return notes
