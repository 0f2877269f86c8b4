"""What an earlier grading of a submission is still good for, after the unit's checks have changed.

A check that has not changed keeps its points, and does not run again. Of the others, the record says by how much the
points of an exercise have changed.
"""

import dataclasses
import sys

from tlcourse import notebooks
from tlcourse.grading.engine.changed_checks import submission_digests, with_needed_checks
from tlcourse.grading.model.results import ATTENTION, read_record
from tlcourse.grading.model.submission import KeptGrading
from tlcourse.grading.submissions.normalize import read_normalized
from tlcourse.grading.submissions.reading import Unreadable

KEPT_STATUSES = ("graded", "repaired")  # a cell that was stopped or ended its process may have cost points elsewhere


class Regrading:
    """Compares the checks of a unit with those that earlier gradings used.

    Parameters
    ----------
    paths : tlcourse.grading.gradebook.course_paths.CoursePaths
    assignment : tlcourse.grading.model.assignment.Assignment
    everything : bool
        Whether all checks run again, changed or not.
    """

    def __init__(self, paths, assignment, everything=False):
        self.paths, self.assignment, self.everything = paths, assignment, everything
        self.checks = [cell["grade_id"] for cell in assignment.autograded_cells()]
        self.changed, self.count = set(), 0  # checks that run again for the submissions that keep others; how many
        self.all_changed = 0  # submissions that have not changed, and of which all checks run again

    def with_kept_checks(self, submission):
        """A submission with what is kept of its earlier grading; without, where all of its checks have to run."""
        record = None if self.everything else self._record(submission.student)
        if record is None or record.submission_sha256 != submission.sha256 or record.status not in KEPT_STATUSES:
            return submission
        cells, digests = {cell["grade_id"]: cell for cell in record.cells}, self.digests(submission)
        changed = {name for name in self.checks if cells.get(name, {}).get("check_sha256") != digests[name]}
        running = with_needed_checks(changed, self.assignment)
        verdicts = {
            name: {key: cells[name][key] for key in ("outcome", "message", "seconds")}
            for name in self.checks
            if name not in running
        }
        self.all_changed += not verdicts
        outputs = self._outputs(submission.student) if verdicts else None
        if outputs is None:
            return submission
        self.changed, self.count = self.changed | running, self.count + 1
        flags = [flag for flag in record.flags if flag["kind"] not in ATTENTION]
        return dataclasses.replace(submission, kept=KeptGrading(verdicts, outputs, flags))

    def digests(self, submission):
        """What decides on each check of a submission besides itself, as `submission_digests`."""
        try:
            notebook, _ = read_normalized(submission.content or b"", self.assignment)
        except Unreadable:
            notebook = self.assignment.untouched_notebook()
        return submission_digests(self.assignment, notebook)

    def with_changes(self, submission, result):
        """A result that names the exercises whose points are not those of the record, if the submission is the same."""
        record = self._record(submission.student)
        if record is None or record.submission_sha256 != submission.sha256:
            return result
        before, after = self._points(record), self._points(result)
        changes = [
            {"exercise": name, "before": before.get(name), "after": after.get(name)}
            for name in {**before, **after}
            if before.get(name) != after.get(name)
        ]
        return dataclasses.replace(result, changes=changes)

    def announce(self):
        """Say which checks run again, although the submissions are as before."""
        if self.all_changed:
            line = f"What decides on all checks has changed: in {self.all_changed} submissions, all run again"
            print(line, file=sys.stderr)
        if self.count:
            names = ", ".join(name for name in self.checks if name in self.changed) or "none"
            line = f"In {self.count} submissions, only the checks that have changed run again: {names}"
            print(line, file=sys.stderr)

    def _record(self, student):
        return read_record(self.paths.folder, self.assignment.unit, student)

    def _points(self, result):
        points = {}
        for cell in result.cells:
            name = self.assignment.exercise_of(cell["grade_id"]) or cell["grade_id"]
            points[name] = points.get(name, 0.0) + cell["score"]
        return points

    def _outputs(self, student):
        """What the cells of the graded notebook show, by grade_id or source; None if that notebook is gone."""
        try:
            notebook = notebooks.read(self.paths.autograded_file(student, self.assignment.unit))
        except Exception:  # whatever the file is: then all checks of this submission run
            return None
        return {
            cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source: {
                "outputs": [dict(output) for output in cell.outputs],
                "execution_count": cell.execution_count,
            }
            for cell in notebook.cells
            if cell.cell_type == "code"
        }
